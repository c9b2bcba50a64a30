// Translates requests into calls of CommentService and back.
#pragma once

#include <cstdint>

#include <gatehouse/handler.hpp>

#include "plugins/posts/comment_service.hpp"

namespace posts {

class CommentHandlers final {
public:
    explicit CommentHandlers(CommentService& service) : service_(service) {}

    gatehouse::Created<Comment> create(const gatehouse::User& user, gatehouse::PathParam<std::int64_t> post_id,
                                       const CommentDraft& draft);
    gatehouse::Page<Comment> list(const gatehouse::User* user, gatehouse::PathParam<std::int64_t> post_id,
                                  gatehouse::Query<gatehouse::PageQuery> query);
    gatehouse::Tagged<Comment> show(const gatehouse::User* user, gatehouse::PathParam<std::int64_t> id);
    gatehouse::Tagged<Comment> change(const gatehouse::Request& request, gatehouse::PathParam<std::int64_t> id,
                                      const CommentChange& change);
    gatehouse::NoContent remove(const gatehouse::Request& request, gatehouse::PathParam<std::int64_t> id);

private:
    CommentService& service_;
};

}  // namespace posts
