// The table `bans`: SQL and nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <gatehouse/storage/transaction.hpp>

#include "plugins/admin/account.hpp"

namespace admin::bans {

using gatehouse::Transaction;

// Replaces an earlier one.
void put(Transaction& tx, const Ban& ban);
[[nodiscard]] bool remove(Transaction& tx, std::int64_t user_id);
[[nodiscard]] std::vector<Ban> of(Transaction& tx, const std::vector<std::int64_t>& user_ids);
// Those over by `now` that nobody is at yet, the oldest first.
[[nodiscard]] std::vector<Ban> over(Transaction& tx, Time now, int limit);
// Still over by `now`: it may have been renewed.
[[nodiscard]] bool is_over(Transaction& tx, std::int64_t user_id, Time now);

}  // namespace admin::bans
