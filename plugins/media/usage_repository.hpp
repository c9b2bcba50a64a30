// The table `usage`: how much each user keeps, the sum of `bytes` over their rows of `media`. SQL and nothing else.
//
// Who adds or removes rows of `media` says so here, in the same transaction, after them and after the locks of objects:
// the same order everywhere. Thumbnails do not count; a file that was sent twice counts twice.
#pragma once

#include <cstdint>
#include <map>

#include <gatehouse/storage/transaction.hpp>

namespace media::usage {

using gatehouse::Transaction;

using BytesOfUsers = std::map<std::int64_t, std::int64_t>;  // by user: sorted, the order in which rows are locked

// 0 for who has never kept anything.
[[nodiscard]] std::int64_t of(Transaction& tx, std::int64_t user_id);
// False, and nothing has changed, if there would be more than bytes_max then. However many do so at once: who comes
// second waits for the first, and counts what that one has kept.
[[nodiscard]] bool add(Transaction& tx, std::int64_t user_id, std::int64_t bytes, std::int64_t bytes_max);
// Whatever there is then.
void add_all(Transaction& tx, const BytesOfUsers& added);
void subtract_all(Transaction& tx, const BytesOfUsers& removed);

}  // namespace media::usage
