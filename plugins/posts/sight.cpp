#include "plugins/posts/sight.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <gatehouse/problem.hpp>

#include "plugins/posts/follow_repository.hpp"
#include "plugins/posts/post_repository.hpp"

namespace posts {

namespace {

// What a viewer may see of some posts; asks once whom of their authors the viewer follows.
class Sight {
public:
    Sight(Transaction& tx, const Viewer& viewer, const std::vector<Post>& posts) : viewer_(viewer) {
        std::vector<std::int64_t> authors;
        for (const Post& post : posts) {
            if (post.visibility == Visibility::followers && post.author_id != viewer.id)
                authors.push_back(post.author_id);
        }
        followed_ = follows::among(tx, viewer.id, authors);
    }

    bool covers(const Post& post) const {
        if (viewer_.sees_hidden) return true;
        if (post.author_is_absent) return false;
        if (post.visibility == Visibility::public_) return true;
        if (viewer_.id != 0 && post.author_id == viewer_.id) return true;
        return post.visibility == Visibility::followers && followed_.contains(post.author_id);
    }

private:
    const Viewer& viewer_;
    std::set<std::int64_t> followed_;
};

Original to_original(const Post& post) {
    return {post.id,   post.author_id, post.author_name, post.title,
            post.text, post.media,     post.created_at,  post.version};
}

// The posts that these share, as far as the viewer may see them.
std::map<std::int64_t, Original> originals_of(Transaction& tx, const Viewer& viewer, const std::vector<Post>& posts) {
    std::vector<std::int64_t> ids;
    for (const Post& post : posts) {
        if (post.repost_of) ids.push_back(*post.repost_of);
    }
    const auto shared = repository::find_all(tx, ids, viewer);
    const Sight sight(tx, viewer, shared);
    std::map<std::int64_t, Original> originals;
    for (const Post& post : shared) {
        if (sight.covers(post)) originals.emplace(post.id, to_original(post));
    }
    return originals;
}

Post checked(Transaction& tx, std::optional<Post> post, const Viewer& viewer, const char* refusal) {
    std::vector<Post> posts;
    if (post) posts.push_back(*std::move(post));
    const bool needs_original = !posts.empty() && posts.front().is_plain_repost();
    if (posts.empty() || !Sight(tx, viewer, posts).covers(posts.front()) ||
        (needs_original && shown_to(tx, viewer, posts).empty())) {
        throw gatehouse::NotFound(refusal);
    }
    return std::move(posts.front());
}

}  // namespace

Post visible_post(Transaction& tx, std::int64_t id, const Viewer& viewer, const char* refusal) {
    return checked(tx, repository::find(tx, id, viewer), viewer, refusal);
}

Post lock_visible_post(Transaction& tx, std::int64_t id, const Viewer& viewer, const char* refusal) {
    return checked(tx, repository::lock(tx, id, viewer), viewer, refusal);
}

std::vector<Post> shown_to(Transaction& tx, const Viewer& viewer, std::vector<Post> posts) {
    const Sight sight(tx, viewer, posts);
    std::erase_if(posts, [&](const Post& post) { return !sight.covers(post); });
    const auto originals = originals_of(tx, viewer, posts);
    std::erase_if(posts, [&](Post& post) {
        const auto original = post.repost_of ? originals.find(*post.repost_of) : originals.end();
        if (original != originals.end()) {
            post.original = original->second;
            return false;
        }
        post.repost_of.reset();
        return post.is_plain_repost() && post.author_id != viewer.id && !viewer.sees_hidden;
    });
    return posts;
}

Post shown_to(Transaction& tx, const Viewer& viewer, Post post) {
    std::vector<Post> posts;
    posts.push_back(std::move(post));
    posts = shown_to(tx, viewer, std::move(posts));
    if (posts.empty()) throw gatehouse::NotFound(kNoSuchPost);
    return std::move(posts.front());
}

}  // namespace posts
