// The newest posts of each reader's feed, kept in this process and brought up to date at each look.
//
// An entry knows with which followings it was made (the reader's version in the database) and up to which arrival it is
// complete. A look adds what has arrived since, a few rows of one index; when the followings have changed, when too
// much has arrived, or after kRebuiltAfter, the entry is made anew by a pull. So it is right however many processes
// consume the events. On PostgreSQL a transaction may commit after one with a higher number of arrival; each look
// therefore goes back by kOverlap arrivals. Posts that were deleted or hidden meanwhile are left out by the service
// posts.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include <gatehouse/request.hpp>
#include <gatehouse/storage/transaction.hpp>

namespace subscriptions {

class FeedCache final {
public:
    static constexpr int kKept = 200;           // posts of an entry
    static constexpr int kArrivalsMax = 2'000;  // to be looked through before it is cheaper to begin anew
    static constexpr std::int64_t kOverlap = 200;
    static constexpr std::chrono::seconds kRebuiltAfter{30};

    explicit FeedCache(std::size_t readers_max) : readers_max_(readers_max) {}

    struct Head {
        std::vector<std::int64_t> posts;  // newest first
        bool is_all = false;              // there are no older ones
    };
    // [any thread] tx reads; now: monotonic.
    [[nodiscard]] Head head(gatehouse::Transaction& tx, std::int64_t reader, gatehouse::Instant now);
    [[nodiscard]] std::size_t size();

private:
    struct Entry {
        std::int64_t version = 0, complete_to = 0;
        gatehouse::Instant made{};
        Head head;
    };
    using Order = std::list<std::int64_t>;  // least recently used first
    struct Slot {
        Entry entry;
        Order::iterator place;
    };

    [[nodiscard]] std::optional<Entry> find(std::int64_t reader);
    void keep(std::int64_t reader, const Entry& entry);

    const std::size_t readers_max_;
    std::mutex mutex_;
    std::unordered_map<std::int64_t, Slot> slots_;  // guarded by mutex_
    Order order_;                                   // guarded by mutex_
};

}  // namespace subscriptions
