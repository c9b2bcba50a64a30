#include "plugins/posts/post_service.hpp"

#include <limits>
#include <map>
#include <string>

#include <gatehouse/problem.hpp>

#include "plugins/posts/absent_repository.hpp"
#include "plugins/posts/follow_repository.hpp"
#include "plugins/posts/like_repository.hpp"
#include "plugins/posts/name_repository.hpp"
#include "plugins/posts/post_events.hpp"
#include "plugins/posts/post_list.hpp"
#include "plugins/posts/post_removal.hpp"
#include "plugins/posts/post_repository.hpp"
#include "plugins/posts/search_repository.hpp"
#include "plugins/posts/sight.hpp"
#include "plugins/posts/tag_repository.hpp"
#include "plugins/posts/tags.hpp"

namespace posts {

namespace {

constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();

std::string likes_scope(std::int64_t post_id) { return "posts.likes." + std::to_string(post_id); }

std::string list_scope(const PostQuery& query, const std::string& tag) {
    std::string scope = query.sort == Sort::top ? "posts.top" : "posts.newest";
    if (query.author) scope += ".by." + std::to_string(*query.author);
    return tag.empty() ? scope : scope + ".tag." + tag;
}

lists::Reach reach_of(Transaction& tx, const Viewer& viewer, std::int64_t author) {
    if (viewer.id == author) return lists::Reach::all;
    const std::int64_t authors[] = {author};
    return follows::among(tx, viewer.id, authors).empty() ? lists::Reach::public_ : lists::Reach::followers;
}

// Shares of a post that everybody sees count.
int counts(const Post& post) { return post.repost_of && post.visibility == Visibility::public_ ? 1 : 0; }

}  // namespace

PostService::PostService(const gatehouse::Context& context, Database& database, gatehouse::IdSource& ids,
                         ViewCounter& views, std::string_view cursor_key)
    : context_(context), database_(database), ids_(ids), views_(views), cursors_(cursor_key) {}

Post PostService::publish(const User& author, const PostDraft& draft) {
    const Viewer viewer(author);
    Post post;
    post.id = ids_.next();
    post.author_id = author.id;
    post.title = draft.title;
    post.text = is_not_blank(draft.text) ? draft.text : std::string();
    post.visibility = draft.visibility;
    post.media = draft.media;
    post.created_at = post.updated_at = context_.wall_time();
    post.tags = tags_of(post);
    const search::Document document = search::document_of(post);
    return database_.write([&](Transaction& tx) {
        Post written = post;
        written.author_name = names::of(tx, author);
        written.repost_of = draft.repost_of;
        if (written.repost_of) take_original(tx, written, viewer);
        if (!repository::insert(tx, written)) throw gatehouse::Conflict("You share this post already.", "/repost_of");
        post_tags::add(tx, written);
        search::add(tx, written.id, document);
        events::post_created(tx, written);
        return shown_to(tx, viewer, std::move(written));
    });
}

// Finds the post to be shared, locks it and counts the share.
void PostService::take_original(Transaction& tx, Post& post, const Viewer& viewer) {
    Post original = visible_post(tx, *post.repost_of, viewer);
    if (original.is_plain_repost() && original.repost_of) post.repost_of = original.repost_of;
    original = lock_visible_post(tx, *post.repost_of, viewer);
    if (original.visibility != Visibility::public_) throw gatehouse::Invalid("/repost_of", "must be a public post");
    if (counts(post) == 0) return;
    repository::add_reposts(tx, original.id, 1);
    events::post_reposted(tx, original, post);
}

Post PostService::view(std::int64_t id, const Viewer& viewer, std::string_view from) {
    Post post = database_.read([&](Transaction& tx) { return shown_to(tx, viewer, visible_post(tx, id, viewer)); });
    if (post.author_id != viewer.id) views_.add(post.id, viewer, from);
    post.views += views_.waiting(post.id);
    return post;
}

gatehouse::Page<Post> PostService::list(const PostQuery& query, const Viewer& viewer) {
    std::optional<std::string> tag;
    if (query.tag) {
        tag = normalised_tag(*query.tag);
        if (tag->empty()) throw gatehouse::Invalid::parameter("tag", "must be letters, digits and _, one a letter");
    }
    const std::string scope = list_scope(query, tag.value_or(""));
    const auto opened =
        cursors_.open<std::int64_t, std::int64_t>(query.cursor, scope).value_or(std::tuple(kLast, kLast));
    const lists::Position after{std::get<0>(opened), std::get<1>(opened)};
    const int limit = query.limit + 1;
    return database_.read([&](Transaction& tx) {
        if (query.author && absent::contains(tx, *query.author)) return gatehouse::Page<Post>();
        auto rows = query.author ? lists::by_author(tx, viewer, *query.author, reach_of(tx, viewer, *query.author),
                                                    query.sort, tag, after, limit)
                                 : lists::everybodys(tx, viewer, query.sort, tag, after, limit);
        auto page = gatehouse::make_page(std::move(rows), query.limit,
                                         [&](const Post& last) { return cursors_.seal(scope, last.likes, last.id); });
        page.items = shown_to(tx, viewer, std::move(page.items));
        return page;
    });
}

Batch PostService::batch(const BatchQuery& query, const Viewer& viewer) {
    auto posts = database_.read(
        [&](Transaction& tx) { return shown_to(tx, viewer, repository::find_all(tx, query.ids, viewer)); });
    std::map<std::int64_t, Post*> by_id;
    for (Post& post : posts) by_id.emplace(post.id, &post);
    Batch batch;
    batch.items.reserve(posts.size());
    for (const std::int64_t id : query.ids) {
        const auto found = by_id.find(id);
        if (found == by_id.end()) continue;
        batch.items.push_back(std::move(*found->second));
        by_id.erase(found);
    }
    return batch;
}

Post PostService::change(const User& user, std::int64_t id, const PostChange& change, const Allow& allow) {
    const Viewer viewer(user);
    Post changed = database_.write([&](Transaction& tx) {
        Post post = removal::lock_with_original(tx, id, viewer);
        if (post.author_id != user.id) throw gatehouse::Forbidden("Only its author may change a post.");
        allow(post);
        if (!change.alters(post)) return shown_to(tx, viewer, std::move(post));
        const int counted = counts(post);
        change.apply_to(post);
        post.updated_at = context_.wall_time();
        post.tags = tags_of(post);
        repository::update(tx, post);
        post_tags::replace(tx, post);
        search::replace(tx, post.id, search::document_of(post));
        if (counts(post) != counted) repository::add_reposts(tx, *post.repost_of, counts(post) - counted);
        ++post.version;
        events::post_updated(tx, post);
        return shown_to(tx, viewer, std::move(post));
    });
    changed.views += views_.waiting(id);
    return changed;
}

void PostService::remove(const Viewer& viewer, std::int64_t id, const Allow& allow) {
    database_.write([&](Transaction& tx) {
        const Post post = removal::lock_with_original(tx, id, viewer);
        if (post.author_id != viewer.id && !viewer.is_moderator) {
            throw gatehouse::Forbidden("Only its author may delete a post.");
        }
        allow(post);
        removal::remove(tx, post);
    });
}

// The post's row is locked first, so that counter and likes change together and a deletion cannot come between.
void PostService::like(const User& user, std::int64_t id) {
    database_.write([&](Transaction& tx) {
        const Post post = lock_visible_post(tx, id, Viewer(user));
        if (!posts::likes::insert(tx, id, user.id, names::of(tx, user), context_.wall_time())) return;
        repository::add_likes(tx, id, 1);
        post_tags::add_likes(tx, post, 1);
        events::post_liked(tx, post, user.id);
    });
}

void PostService::unlike(const User& user, std::int64_t id) {
    database_.write([&](Transaction& tx) {
        const Post post = lock_visible_post(tx, id, Viewer(user));
        if (!posts::likes::remove(tx, id, user.id)) return;
        repository::add_likes(tx, id, -1);
        post_tags::add_likes(tx, post, -1);
        events::post_unliked(tx, post, user.id);
    });
}

gatehouse::Page<Like> PostService::likes(const gatehouse::PageQuery& query, std::int64_t id, const Viewer& viewer) {
    const std::string scope = likes_scope(id);
    const auto after = cursors_.open<std::int64_t>(query.cursor, scope).value_or(std::tuple(std::int64_t{0}));
    auto rows = database_.read([&](Transaction& tx) {
        static_cast<void>(visible_post(tx, id, viewer));
        return posts::likes::list(tx, id, std::get<0>(after), query.limit + 1);
    });
    return gatehouse::make_page(std::move(rows), query.limit,
                                [&](const Like& last) { return cursors_.seal(scope, last.user_id); });
}

}  // namespace posts
