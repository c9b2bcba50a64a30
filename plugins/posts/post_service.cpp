#include "plugins/posts/post_service.hpp"

#include <limits>
#include <string>

#include <gatehouse/problem.hpp>

#include "plugins/posts/like_repository.hpp"
#include "plugins/posts/post_events.hpp"
#include "plugins/posts/post_repository.hpp"

namespace posts {

namespace {

constexpr std::string_view kNewestScope = "posts.newest";
constexpr std::int64_t kNewest = std::numeric_limits<std::int64_t>::max();

std::string likes_scope(std::int64_t post_id) { return "posts.likes." + std::to_string(post_id); }

Post checked(std::optional<Post> post, const Viewer& viewer) {
    if (!post || !post->is_visible_to(viewer)) throw gatehouse::NotFound("There is no such post.");
    return *std::move(post);
}

}  // namespace

Post visible_post(Transaction& tx, std::int64_t id, const Viewer& viewer) {
    return checked(repository::find(tx, id, viewer), viewer);
}

Post lock_visible_post(Transaction& tx, std::int64_t id, const Viewer& viewer) {
    return checked(repository::lock(tx, id, viewer), viewer);
}

PostService::PostService(const gatehouse::Context& context, Database& database, gatehouse::IdSource& ids,
                         std::string_view cursor_key)
    : context_(context), database_(database), ids_(ids), cursors_(cursor_key) {}

Post PostService::publish(const User& author, const PostDraft& draft) {
    Post post;
    post.id = ids_.next();
    post.author_id = author.id;
    post.author_name = author.name;
    post.title = draft.title;
    post.text = draft.text;
    post.visibility = draft.visibility;
    post.created_at = post.updated_at = context_.wall_time();
    database_.write([&](Transaction& tx) {
        repository::insert(tx, post);
        events::post_created(tx, post);
    });
    return post;
}

Post PostService::find(std::int64_t id, const Viewer& viewer) {
    return database_.read([&](Transaction& tx) { return visible_post(tx, id, viewer); });
}

gatehouse::Page<Post> PostService::list(const PostQuery& query, const Viewer& viewer) {
    const auto before = cursors_.open<std::int64_t>(query.cursor, kNewestScope).value_or(std::tuple(kNewest));
    auto rows = database_.read([&](Transaction& tx) {
        return repository::newest(tx, viewer, query.author, std::get<0>(before), query.limit + 1);
    });
    return gatehouse::make_page(std::move(rows), query.limit,
                                [&](const Post& last) { return cursors_.seal(kNewestScope, last.id); });
}

Post PostService::change(const User& user, std::int64_t id, const PostChange& change, const Allow& allow) {
    return database_.write([&](Transaction& tx) {
        Post post = lock_visible_post(tx, id, Viewer(user));
        if (post.author_id != user.id) throw gatehouse::Forbidden("Only its author may change a post.");
        allow(post);
        change.apply_to(post);
        post.updated_at = context_.wall_time();
        repository::update(tx, post);
        ++post.version;
        events::post_updated(tx, post);
        return post;
    });
}

void PostService::remove(const User& user, std::int64_t id, const Allow& allow) {
    const Viewer viewer(user);
    database_.write([&](Transaction& tx) {
        const Post post = lock_visible_post(tx, id, viewer);
        if (post.author_id != user.id && !viewer.is_moderator) {
            throw gatehouse::Forbidden("Only its author may delete a post.");
        }
        allow(post);
        repository::remove(tx, id);
        events::post_deleted(tx, post);
    });
}

// The post's row is locked first, so that counter and likes change together and a deletion cannot come between.
void PostService::like(const User& user, std::int64_t id) {
    database_.write([&](Transaction& tx) {
        const Post post = lock_visible_post(tx, id, Viewer(user));
        if (!posts::likes::insert(tx, id, user, context_.wall_time())) return;
        repository::add_likes(tx, id, 1);
        events::post_liked(tx, post, user.id);
    });
}

void PostService::unlike(const User& user, std::int64_t id) {
    database_.write([&](Transaction& tx) {
        const Post post = lock_visible_post(tx, id, Viewer(user));
        if (!posts::likes::remove(tx, id, user.id)) return;
        repository::add_likes(tx, id, -1);
        events::post_unliked(tx, post, user.id);
    });
}

gatehouse::Page<Like> PostService::likes(const gatehouse::PageQuery& query, std::int64_t id, const Viewer& viewer) {
    const std::string scope = likes_scope(id);
    const auto after = cursors_.open<std::int64_t>(query.cursor, scope).value_or(std::tuple(std::int64_t{0}));
    auto rows = database_.read([&](Transaction& tx) {
        visible_post(tx, id, viewer);
        return posts::likes::list(tx, id, std::get<0>(after), query.limit + 1);
    });
    return gatehouse::make_page(std::move(rows), query.limit,
                                [&](const Like& last) { return cursors_.seal(scope, last.user_id); });
}

}  // namespace posts
