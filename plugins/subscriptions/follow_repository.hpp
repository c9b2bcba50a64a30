// The tables `follows`, `readers` and `leavers`: SQL and nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <gatehouse/storage/transaction.hpp>

#include "plugins/subscriptions/follow.hpp"

namespace subscriptions::repository {

using gatehouse::Transaction;

// False if that is so already: the primary key decides, whatever the race.
[[nodiscard]] bool insert(Transaction& tx, const Follow& follow);
[[nodiscard]] std::optional<Follow> find(Transaction& tx, std::int64_t follower_id, std::int64_t user_id);
[[nodiscard]] bool remove(Transaction& tx, std::int64_t follower_id, std::int64_t user_id);
// How many somebody follows; counts no further than `most`.
[[nodiscard]] std::int64_t count_followed(Transaction& tx, std::int64_t follower_id, std::int64_t most);

// Newest first, older than `before`.
[[nodiscard]] std::vector<Follow> followed_by(Transaction& tx, std::int64_t follower_id, std::int64_t before,
                                              int limit);
[[nodiscard]] std::vector<Follow> followers_of(Transaction& tx, std::int64_t user_id, std::int64_t before, int limit);

// Says that whom the reader follows has changed.
void touch_reader(Transaction& tx, std::int64_t user_id);

// People whose accounts are gone.
struct Leaver {
    std::int64_t user_id = 0;
    Time since{};
};
void insert_leaver(Transaction& tx, std::int64_t user_id, Time now);
[[nodiscard]] bool is_leaver(Transaction& tx, std::int64_t user_id);
[[nodiscard]] std::vector<Leaver> leavers(Transaction& tx, int limit);  // the longest gone first
void remove_leaver(Transaction& tx, std::int64_t user_id);

}  // namespace subscriptions::repository
