// The table `posts`: SQL and nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <gatehouse/storage/transaction.hpp>

#include "plugins/posts/post.hpp"

namespace posts::repository {

using gatehouse::Transaction;

void insert(Transaction& tx, const Post& post);
// liked_by_me is about the viewer; visibility is the caller's business.
[[nodiscard]] std::optional<Post> find(Transaction& tx, std::int64_t id, const Viewer& viewer);
// Likewise, and nobody else changes it until the transaction ends.
[[nodiscard]] std::optional<Post> lock(Transaction& tx, std::int64_t id, const Viewer& viewer);
// Newest first: what the viewer may see, by that author if given, older than `before`.
[[nodiscard]] std::vector<Post> newest(Transaction& tx, const Viewer& viewer, std::optional<std::int64_t> author,
                                       std::int64_t before, int limit);
// Writes title, text, visibility and updated_at, and raises the version.
void update(Transaction& tx, const Post& post);
void remove(Transaction& tx, std::int64_t id);
// Changes counters of an existing post; deltas may be negative.
void add_likes(Transaction& tx, std::int64_t id, int delta);
void add_comments(Transaction& tx, std::int64_t id, int delta);

}  // namespace posts::repository
