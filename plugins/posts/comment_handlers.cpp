#include "plugins/posts/comment_handlers.hpp"

#include <string>

#include "plugins/posts/entity_tags.hpp"

namespace posts {

namespace {

gatehouse::Tagged<Comment> tagged(Comment comment) {
    std::string tag = tag_of(comment);
    return {std::move(comment), std::move(tag)};
}

CommentService::Allow unchanged_for(const gatehouse::Request& request) {
    return [&request](const Comment& comment) {
        check_version(request, comment.version, "Somebody changed this comment first.");
    };
}

}  // namespace

gatehouse::Created<Comment> CommentHandlers::create(const gatehouse::User& user,
                                                    gatehouse::PathParam<std::int64_t> post_id,
                                                    const CommentDraft& draft) {
    const Comment comment = service_.add(user, post_id, draft);
    return {comment, "/api/posts/comments/{}", comment.id};
}

gatehouse::Page<Comment> CommentHandlers::list(const gatehouse::User* user, gatehouse::PathParam<std::int64_t> post_id,
                                               gatehouse::Query<gatehouse::PageQuery> query) {
    return service_.list(query, post_id, Viewer(user));
}

gatehouse::Tagged<Comment> CommentHandlers::show(const gatehouse::User* user, gatehouse::PathParam<std::int64_t> id) {
    return tagged(service_.find(id, Viewer(user)));
}

gatehouse::Tagged<Comment> CommentHandlers::change(const gatehouse::Request& request,
                                                   gatehouse::PathParam<std::int64_t> id, const CommentChange& change) {
    return tagged(service_.change(request.user(), id, change, unchanged_for(request)));
}

gatehouse::NoContent CommentHandlers::remove(const gatehouse::Request& request, gatehouse::PathParam<std::int64_t> id) {
    service_.remove(remover(request), id, unchanged_for(request));
    return {};
}

}  // namespace posts
