// The table `feed_posts`: SQL and nothing else.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <gatehouse/storage/transaction.hpp>

namespace subscriptions::feed {

using gatehouse::Transaction;

// Idempotent.
void put(Transaction& tx, std::int64_t post_id, std::int64_t author_id, std::string_view visibility);
void remove(Transaction& tx, std::int64_t post_id);

// The last number of arrival; 0 at first.
[[nodiscard]] std::int64_t last_arrival(Transaction& tx);
// What has arrived after that number for the reader, in order of arrival. Looks at no more than `scanned` arrivals.
struct Arrival {
    std::int64_t seq = 0, post_id = 0;
};
[[nodiscard]] std::vector<Arrival> arrived(Transaction& tx, std::int64_t reader, std::int64_t after, int scanned);

}  // namespace subscriptions::feed
