#include "plugins/posts/post_handlers.hpp"

#include <string>

#include "plugins/posts/entity_tags.hpp"

namespace posts {

namespace {

constexpr char kChangedMeanwhile[] = "Somebody changed this post first.";

gatehouse::Tagged<Post> tagged(Post post) {
    std::string tag = tag_of(post);
    return {std::move(post), std::move(tag)};
}

}  // namespace

gatehouse::Created<Post> PostHandlers::create(const Request& request, const PostDraft& draft) {
    media_.require(draft.media, request);
    const Post post = service_.publish(request.user(), draft);
    return {post, "/api/posts/{}", post.id};
}

gatehouse::Tagged<Post> PostHandlers::show(const Request& request, PathParam<std::int64_t> id) {
    return tagged(service_.view(id, Viewer(request.maybe_user()), request.remote_address()));
}

gatehouse::Page<Post> PostHandlers::list(const User* user, Query<PostQuery> query) {
    return service_.list(query, Viewer(user));
}

gatehouse::Tagged<Post> PostHandlers::change(const Request& request, const User& user, PathParam<std::int64_t> id,
                                             const PostChange& change) {
    if (change.media.has_value()) media_.require(change.media.value(), request);
    return tagged(service_.change(user, id, change,
                                  [&](const Post& post) { check_version(request, post.version, kChangedMeanwhile); }));
}

NoContent PostHandlers::remove(const Request& request, PathParam<std::int64_t> id) {
    service_.remove(remover(request), id,
                    [&](const Post& post) { check_version(request, post.version, kChangedMeanwhile); });
    return {};
}

Batch PostHandlers::batch(const User* user, const BatchQuery& query) { return service_.batch(query, Viewer(user)); }

NoContent PostHandlers::like(const User& user, PathParam<std::int64_t> id) {
    service_.like(user, id);
    return {};
}

NoContent PostHandlers::unlike(const User& user, PathParam<std::int64_t> id) {
    service_.unlike(user, id);
    return {};
}

gatehouse::Page<Like> PostHandlers::likes(const User& user, PathParam<std::int64_t> id,
                                          Query<gatehouse::PageQuery> query) {
    return service_.likes(query, id, Viewer(user));
}

}  // namespace posts
