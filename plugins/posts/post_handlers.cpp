#include "plugins/posts/post_handlers.hpp"

#include <string>

#include <gatehouse/problem.hpp>

namespace posts {

namespace {

// FNV-1a: the same in every process.
std::string digest_of(const std::string& text) {
    std::uint32_t digest = 2'166'136'261U;
    for (const char c : text) digest = (digest ^ static_cast<unsigned char>(c)) * 16'777'619U;
    return std::to_string(digest);
}

// Changes with the post, its counters, its author's name, the post that it shares and whether the viewer likes it: all
// that the answer shows, but for views, which would change it with each look.
std::string tag_of(const Post& post) {
    const std::string original = post.original ? "-o" + std::to_string(post.original->version) : "";
    const std::string names = post.author_name + (post.original ? "\n" + post.original->author_name : "");
    return "\"" + std::to_string(post.version) + "-" + std::to_string(post.likes) + "-" +
           std::to_string(post.comments) + "-" + std::to_string(post.reposts) + original + "-n" + digest_of(names) +
           (post.liked_by_me ? "-l\"" : "\"");
}

// If-Match is about what the author wrote: a like or a comment that came meanwhile does not stand in the way.
void check_version(const Request& request, const Post& post) {
    const auto wanted = request.header("if-match");
    const std::string version = "\"" + std::to_string(post.version) + "-";
    if (wanted && *wanted != "*" && wanted->find(version) == std::string_view::npos) {
        throw gatehouse::PreconditionFailed("Somebody changed this post first.");
    }
}

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
    return tagged(service_.change(user, id, change, [&](const Post& post) { check_version(request, post); }));
}

NoContent PostHandlers::remove(const Request& request, PathParam<std::int64_t> id) {
    service_.remove(remover(request), id, [&](const Post& post) { check_version(request, post); });
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
