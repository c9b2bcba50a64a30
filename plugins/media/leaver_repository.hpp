// The table `leavers`: whose accounts were deleted. SQL and nothing else.
//
// A row stays for good, against an upload that ends long after its account; it goes when the account is active again.
#pragma once

#include <cstdint>
#include <vector>

#include <gatehouse/storage/transaction.hpp>
#include <gatehouse/time.hpp>

namespace media::leavers {

using gatehouse::Time;
using gatehouse::Transaction;

struct Leaver {
    std::int64_t user_id = 0;
    Time since{};
};

// Changes nothing if there already.
void put(Transaction& tx, std::int64_t user_id, Time now);
void remove(Transaction& tx, std::int64_t user_id);
[[nodiscard]] bool contain(Transaction& tx, std::int64_t user_id);
// Of whom something may be left; the longest gone first.
[[nodiscard]] std::vector<Leaver> some(Transaction& tx, int limit);
void finish(Transaction& tx, std::int64_t user_id);

}  // namespace media::leavers
