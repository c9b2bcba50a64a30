// The rules about posts and likes, one transaction each. What the viewer may not see does not exist: NotFound.
#pragma once

#include <cstdint>
#include <functional>

#include <gatehouse/context.hpp>
#include <gatehouse/id.hpp>
#include <gatehouse/page.hpp>
#include <gatehouse/request.hpp>
#include <gatehouse/storage/database.hpp>

#include "plugins/posts/post.hpp"

namespace posts {

using gatehouse::Database;
using gatehouse::Transaction;
using gatehouse::User;

// The post, if the viewer may see it; locked for a change by `lock`.
Post visible_post(Transaction& tx, std::int64_t id, const Viewer& viewer);
Post lock_visible_post(Transaction& tx, std::int64_t id, const Viewer& viewer);

class PostService final {
public:
    using Allow = std::function<void(const Post&)>;  // throws if the post, as it is, may not be changed (If-Match)

    PostService(const gatehouse::Context& context, Database& database, gatehouse::IdSource& ids,
                std::string_view cursor_key);

    Post publish(const User& author, const PostDraft& draft);
    Post find(std::int64_t id, const Viewer& viewer);
    gatehouse::Page<Post> list(const PostQuery& query, const Viewer& viewer);
    // Forbidden unless the user wrote it.
    Post change(const User& user, std::int64_t id, const PostChange& change, const Allow& allow);
    // Its author, or a moderator; takes likes and comments along.
    void remove(const User& user, std::int64_t id, const Allow& allow);

    // Idempotent: one like per user and post under any race.
    void like(const User& user, std::int64_t id);
    void unlike(const User& user, std::int64_t id);
    gatehouse::Page<Like> likes(const gatehouse::PageQuery& query, std::int64_t id, const Viewer& viewer);

private:
    const gatehouse::Context& context_;
    Database& database_;
    gatehouse::IdSource& ids_;
    gatehouse::Cursors cursors_;
};

}  // namespace posts
