// The rules about comments, one transaction each. Comments are as visible as their post.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include <gatehouse/context.hpp>
#include <gatehouse/id.hpp>
#include <gatehouse/page.hpp>
#include <gatehouse/request.hpp>
#include <gatehouse/storage/database.hpp>

#include "plugins/posts/comment.hpp"

namespace posts {

class CommentService final {
public:
    using Allow = std::function<void(const Comment&)>;  // throws if it, as it is, may not be changed (If-Match)

    CommentService(const gatehouse::Context& context, gatehouse::Database& database, gatehouse::IdSource& ids,
                   std::string_view cursor_key);

    // parent_id, if given, must be a comment on the same post that is not deleted: Invalid.
    Comment add(const gatehouse::User& author, std::int64_t post_id, const CommentDraft& draft);
    gatehouse::Page<Comment> list(const gatehouse::PageQuery& query, std::int64_t post_id, const Viewer& viewer);
    Comment find(std::int64_t id, const Viewer& viewer);
    // Forbidden unless the user wrote it.
    Comment change(const gatehouse::User& user, std::int64_t id, const CommentChange& change, const Allow& allow);
    // Its author, or a moderator. With answers it stays as an empty place in the thread.
    void remove(const Viewer& viewer, std::int64_t id, const Allow& allow);

private:
    const gatehouse::Context& context_;
    gatehouse::Database& database_;
    gatehouse::IdSource& ids_;
    gatehouse::Cursors cursors_;
};

}  // namespace posts
