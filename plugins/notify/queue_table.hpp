// A table as a queue of what is to be sent, with its dead letters: whatever the rows are about, they have the columns
// id, state, attempts, due_at, created_at, ended_at and last_error. queued --> sent, dead, or a state of its own.
#pragma once

#include <gatehouse/storage/transaction.hpp>
#include <gatehouse/time.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace notify {

using gatehouse::Time;
using gatehouse::Transaction;

// After so many failures: first, doubled with each, never above longest.
[[nodiscard]] std::chrono::milliseconds pause_after(std::int64_t failures, std::chrono::milliseconds first,
                                                    std::chrono::milliseconds longest);

// Immutable; thread-safe.
class QueueTable final {
public:
    // lane: a column; rows of each of its values are claimed apart.
    QueueTable(std::string_view table, std::string_view lane);

    [[nodiscard]] bool is_any_due(Transaction& tx, Time now) const;
    // The one of a lane that has been due for the longest, with this attempt counted; its id. It is due again at
    // claimed_until, for whoever sends on after a crash.
    [[nodiscard]] std::optional<std::int64_t> claim_in(Transaction& tx, std::int64_t lane, Time now,
                                                       Time claimed_until) const;
    // Later again. Attempt::is_not_counted: nobody has looked at what was sent.
    enum class Attempt { counts, is_not_counted };
    void put_off(Transaction& tx, std::int64_t id, Time due_at, Attempt attempt, std::string_view error) const;
    void mark_dead(Transaction& tx, std::int64_t id, Time now, std::string_view error) const;

    [[nodiscard]] std::int64_t count(Transaction& tx, std::string_view state) const;
    // Dead ones become due, as if they were new; id: one of them. How many.
    std::int64_t redrive(Transaction& tx, std::optional<std::int64_t> id, Time now) const;
    // Rows that ended before a time. How many went.
    std::int64_t purge(Transaction& tx, Time ended_before, int limit) const;

private:
    std::string any_due_, claim_, claim_unlocked_, put_off_, dead_, count_, redrive_one_, redrive_all_, purge_;
};

}  // namespace notify
