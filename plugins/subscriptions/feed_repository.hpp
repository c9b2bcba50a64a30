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
// Both in one question: which version the reader's followings have (0: there were none), and the last arrival.
struct State {
    std::int64_t version = 0, last_arrival = 0;
};
[[nodiscard]] State state(Transaction& tx, std::int64_t reader);
// What has arrived after that number for the reader, in order of arrival. Looks at no more than `scanned` arrivals.
struct Arrival {
    std::int64_t seq = 0, post_id = 0;
};
[[nodiscard]] std::vector<Arrival> arrived(Transaction& tx, std::int64_t reader, std::int64_t after, int scanned);

}  // namespace subscriptions::feed
