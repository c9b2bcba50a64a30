// The table `posts`: SQL and nothing else. Who may see what is the caller's business.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <gatehouse/storage/transaction.hpp>

#include "plugins/posts/post.hpp"

namespace posts::repository {

using gatehouse::Transaction;

// False: it shares a post that its author has shared already, without words of their own.
[[nodiscard]] bool insert(Transaction& tx, const Post& post);
// liked_by_me is about the viewer.
[[nodiscard]] std::optional<Post> find(Transaction& tx, std::int64_t id, const Viewer& viewer);
// Likewise, and nobody else changes it until the transaction ends.
[[nodiscard]] std::optional<Post> lock(Transaction& tx, std::int64_t id, const Viewer& viewer);
// In no particular order; ids that do not exist are left out.
[[nodiscard]] std::vector<Post> find_all(Transaction& tx, std::span<const std::int64_t> ids, const Viewer& viewer);
// Some of an author's posts.
[[nodiscard]] std::vector<std::int64_t> ids_by(Transaction& tx, std::int64_t author_id, int limit);
// Which post this one shares, without a lock.
[[nodiscard]] std::optional<std::int64_t> shared_by(Transaction& tx, std::int64_t id);
// Writes title, text, visibility, media and updated_at, and raises the version.
void update(Transaction& tx, const Post& post);
void remove(Transaction& tx, std::int64_t id);
// Changes counters of an existing post; deltas may be negative.
void add_likes(Transaction& tx, std::int64_t id, int delta);
void add_comments(Transaction& tx, std::int64_t id, int delta);
void add_reposts(Transaction& tx, std::int64_t id, int delta);

// The author and new number of views, if there is such a post.
struct Viewed {
    std::int64_t author_id = 0, views = 0;
};
[[nodiscard]] std::optional<Viewed> add_views(Transaction& tx, std::int64_t id, std::int64_t count);

// Posts whose tags and words are not indexed yet, locked, and the mark that they are.
[[nodiscard]] std::vector<Post> take_not_indexed(Transaction& tx, int limit);
void mark_indexed(Transaction& tx, std::int64_t id);
// Shares of posts that are gone, without words of their own; locked.
[[nodiscard]] std::vector<Post> take_orphans(Transaction& tx, int limit);

}  // namespace posts::repository
