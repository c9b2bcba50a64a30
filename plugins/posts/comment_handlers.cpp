#include "plugins/posts/comment_handlers.hpp"

namespace posts {

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

Comment CommentHandlers::show(const gatehouse::User* user, gatehouse::PathParam<std::int64_t> id) {
    return service_.find(id, Viewer(user));
}

Comment CommentHandlers::change(const gatehouse::User& user, gatehouse::PathParam<std::int64_t> id,
                                const CommentChange& change) {
    return service_.change(user, id, change);
}

gatehouse::NoContent CommentHandlers::remove(const gatehouse::Request& request, gatehouse::PathParam<std::int64_t> id) {
    service_.remove(remover(request), id);
    return {};
}

}  // namespace posts
