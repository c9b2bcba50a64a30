// The table `follower_news`: who was told of which follower. Whoever follows, stops and follows again is no news.
#pragma once

#include <gatehouse/storage/transaction.hpp>
#include <gatehouse/time.hpp>

#include <chrono>
#include <cstdint>

namespace notify::followers {

using gatehouse::Time;
using gatehouse::Transaction;

constexpr std::chrono::hours kNoNewsFor{30 * 24};

// True: the user was not told of that follower for kNoNewsFor, and is now. One of several at once gets true.
[[nodiscard]] bool note_told(Transaction& tx, std::int64_t user_id, std::int64_t follower_id, Time now);
// Rows that are over. How many went.
std::int64_t purge(Transaction& tx, Time now, int limit);
// As user and as follower.
void remove_of(Transaction& tx, std::int64_t user_id);

}  // namespace notify::followers
