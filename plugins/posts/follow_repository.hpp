// The table `follows`: who sees what is for followers. SQL and nothing else.
#pragma once

#include <cstdint>
#include <set>
#include <span>

#include <gatehouse/storage/transaction.hpp>

namespace posts::follows {

using gatehouse::Transaction;

// Idempotent.
void insert(Transaction& tx, std::int64_t follower_id, std::int64_t author_id);
void remove(Transaction& tx, std::int64_t follower_id, std::int64_t author_id);
// Those of the authors whom this one follows.
[[nodiscard]] std::set<std::int64_t> among(Transaction& tx, std::int64_t follower_id,
                                           std::span<const std::int64_t> author_ids);

}  // namespace posts::follows
