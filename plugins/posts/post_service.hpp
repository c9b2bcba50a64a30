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
#include "plugins/posts/view_counter.hpp"

namespace posts {

using gatehouse::Database;
using gatehouse::Transaction;
using gatehouse::User;

class PostService final {
public:
    using Allow = std::function<void(const Post&)>;  // throws if the post, as it is, may not be changed (If-Match)

    PostService(const gatehouse::Context& context, Database& database, gatehouse::IdSource& ids, ViewCounter& views,
                std::string_view cursor_key);

    // A share of a share without words is one of the post behind it. Invalid unless that is public; Conflict if the
    // author has shared it already and adds no words.
    Post publish(const User& author, const PostDraft& draft);
    // from: the address of somebody anonymous, so that they count once as well.
    Post view(std::int64_t id, const Viewer& viewer, std::string_view from);
    gatehouse::Page<Post> list(const PostQuery& query, const Viewer& viewer);
    Batch batch(const BatchQuery& query, const Viewer& viewer);
    // Forbidden unless the user wrote it. What would alter nothing is no change: it is not told, and the version stays.
    Post change(const User& user, std::int64_t id, const PostChange& change, const Allow& allow);
    // Its author, or a moderator; takes likes and comments along, and leaves shares without words to clean_up().
    void remove(const Viewer& viewer, std::int64_t id, const Allow& allow);

    // Idempotent: one like per user and post under any race.
    void like(const User& user, std::int64_t id);
    void unlike(const User& user, std::int64_t id);
    gatehouse::Page<Like> likes(const gatehouse::PageQuery& query, std::int64_t id, const Viewer& viewer);

private:
    void take_original(Transaction& tx, Post& post, const Viewer& viewer);

    const gatehouse::Context& context_;
    Database& database_;
    gatehouse::IdSource& ids_;
    ViewCounter& views_;
    gatehouse::Cursors cursors_;
};

}  // namespace posts
