// Translates requests into calls of PostService and back.
#pragma once

#include <cstdint>

#include <gatehouse/handler.hpp>

#include "plugins/posts/media_check.hpp"
#include "plugins/posts/post_service.hpp"

namespace posts {

using gatehouse::NoContent;
using gatehouse::PathParam;
using gatehouse::Query;
using gatehouse::Request;

class PostHandlers final {
public:
    PostHandlers(PostService& service, MediaCheck& media) : service_(service), media_(media) {}

    gatehouse::Created<Post> create(const Request& request, const PostDraft& draft);
    gatehouse::Tagged<Post> show(const Request& request, PathParam<std::int64_t> id);
    gatehouse::Page<Post> list(const User* user, Query<PostQuery> query);
    gatehouse::Tagged<Post> change(const Request& request, const User& user, PathParam<std::int64_t> id,
                                   const PostChange& change);
    NoContent remove(const Request& request, PathParam<std::int64_t> id);
    Batch batch(const User* user, const BatchQuery& query);

    NoContent like(const User& user, PathParam<std::int64_t> id);
    NoContent unlike(const User& user, PathParam<std::int64_t> id);
    gatehouse::Page<Like> likes(const User& user, PathParam<std::int64_t> id, Query<gatehouse::PageQuery> query);

private:
    PostService& service_;
    MediaCheck& media_;
};

}  // namespace posts
