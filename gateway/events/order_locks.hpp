#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "gateway/base/time.hpp"

namespace gatehouse::events {

// One lock per order key, given in the order of asking. There are only as many as are held or waited for.  [any]
class OrderLocks final {
public:
    class Hold final {
    public:
        Hold(OrderLocks& locks, std::string key) : locks_(&locks), key_(std::move(key)) {}
        ~Hold() {
            if (locks_ != nullptr) locks_->release(key_);
        }
        Hold(Hold&& other) noexcept : locks_(std::exchange(other.locks_, nullptr)), key_(std::move(other.key_)) {}
        Hold& operator=(Hold&&) = delete;

    private:
        OrderLocks* locks_;  // null: nothing is held
        std::string key_;
    };

    // Empty if it was not free before the deadline. An empty key is always free.
    std::optional<Hold> acquire(const std::string& key, TimePoint deadline);

private:
    void release(const std::string& key);

    struct Lock {
        std::deque<std::uint64_t> queue;  // tickets; the first one holds
    };
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, Lock> locks_;
    std::uint64_t next_ticket_ = 0;
};

}  // namespace gatehouse::events
