// Taking posts away, with all that hangs on them.
#pragma once

#include <cstdint>
#include <optional>

#include <gatehouse/storage/transaction.hpp>

#include "plugins/posts/post.hpp"

namespace posts::removal {

using gatehouse::Transaction;

// As lock_visible_post(), and locks the post that it shares before it, since its counter may change: the same order of
// locks everywhere.
[[nodiscard]] Post lock_with_original(Transaction& tx, std::int64_t id, const Viewer& viewer);
// Likewise, whoever may see it; empty if it is gone.
[[nodiscard]] std::optional<Post> lock_any_with_original(Transaction& tx, std::int64_t id);
// Likes, comments, tags and words go along, and it no longer counts as a share. REQUIRES: locked
// by one of these.
void remove(Transaction& tx, const Post& post);

}  // namespace posts::removal
