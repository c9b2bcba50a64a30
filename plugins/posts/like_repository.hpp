// The table `likes`: SQL and nothing else.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <gatehouse/storage/transaction.hpp>

#include "plugins/posts/post.hpp"

namespace posts::likes {

using gatehouse::Transaction;

// False if this user likes the post already: the primary key decides, whatever the race.
[[nodiscard]] bool insert(Transaction& tx, std::int64_t post_id, std::int64_t user_id, std::string_view user_name,
                          Time now);
// False if there was none.
[[nodiscard]] bool remove(Transaction& tx, std::int64_t post_id, std::int64_t user_id);
// By user id, beyond `after`; without people whose accounts are closed.
[[nodiscard]] std::vector<Like> list(Transaction& tx, std::int64_t post_id, std::int64_t after, int limit);

[[nodiscard]] std::vector<std::int64_t> posts_liked_by(Transaction& tx, std::int64_t user_id, int limit);

}  // namespace posts::likes
