#include "plugins/posts/post_handlers.hpp"

#include <string>

namespace posts {

namespace {

// Changes with the post, its counters and whether the viewer likes it: all that the answer shows.
std::string tag_of(const Post& post) {
    return "\"" + std::to_string(post.version) + "-" + std::to_string(post.likes) + "-" +
           std::to_string(post.comments) + (post.liked_by_me ? "-l\"" : "\"");
}

gatehouse::Tagged<Post> tagged(Post post) {
    std::string tag = tag_of(post);
    return {std::move(post), std::move(tag)};
}

}  // namespace

gatehouse::Created<Post> PostHandlers::create(const User& user, const PostDraft& draft) {
    const Post post = service_.publish(user, draft);
    return {post, "/api/posts/{}", post.id};
}

gatehouse::Tagged<Post> PostHandlers::show(const User* user, PathParam<std::int64_t> id) {
    return tagged(service_.find(id, Viewer(user)));
}

gatehouse::Page<Post> PostHandlers::list(const User* user, Query<PostQuery> query) {
    return service_.list(query, Viewer(user));
}

gatehouse::Tagged<Post> PostHandlers::change(const Request& request, const User& user, PathParam<std::int64_t> id,
                                             const PostChange& change) {
    return tagged(service_.change(user, id, change, [&](const Post& post) { request.check_match(tag_of(post)); }));
}

NoContent PostHandlers::remove(const Request& request, const User& user, PathParam<std::int64_t> id) {
    service_.remove(user, id, [&](const Post& post) { request.check_match(tag_of(post)); });
    return {};
}

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
