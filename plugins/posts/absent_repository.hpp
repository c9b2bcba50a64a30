// The table `absent_authors`: whose accounts are closed. SQL and nothing else.
//
// Nothing that they wrote is shown while they are in it: the columns of posts and comments say so (`author_is_absent`),
// and lists leave them out. A row of a deleted account stays for good, against what was written while it was closed.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <gatehouse/storage/transaction.hpp>
#include <gatehouse/time.hpp>

namespace posts::absent {

using gatehouse::Time;
using gatehouse::Transaction;

// Whether a statement's author, a column with a user's id, is absent. "offset 0" keeps PostgreSQL from making an
// anti-join of it: it would look at all posts to find a page, for how many authors are absent is no measure of how many
// posts are hidden.
#define AUTHOR_IS_ABSENT(column) \
    "exists (select 1 from absent_authors aa where aa.user_id = " column " limit 1 offset 0)"

// status: banned or deleted.
void put(Transaction& tx, std::int64_t user_id, std::string_view status, Time now);
void remove(Transaction& tx, std::int64_t user_id);
[[nodiscard]] bool contains(Transaction& tx, std::int64_t user_id);

// Deleted accounts of which something may be left.
struct Leaver {
    std::int64_t user_id = 0;
    Time since{};
};
[[nodiscard]] std::vector<Leaver> leavers(Transaction& tx, int limit);  // the longest gone first
[[nodiscard]] bool is_leaving(Transaction& tx, std::int64_t user_id);
void finish(Transaction& tx, std::int64_t user_id);

}  // namespace posts::absent
