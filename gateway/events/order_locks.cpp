#include "gateway/events/order_locks.hpp"

#include <algorithm>

namespace gatehouse::events {

std::optional<OrderLocks::Hold> OrderLocks::acquire(const std::string& key, TimePoint deadline) {
    if (key.empty()) return std::optional<Hold>(std::in_place, *this, std::string());
    std::unique_lock lock(mutex_);
    Lock& own = locks_[key];  // stays where it is: our ticket keeps it
    const std::uint64_t ticket = next_ticket_++;
    own.queue.push_back(ticket);
    if (changed_.wait_until(lock, deadline, [&] { return own.queue.front() == ticket; })) {
        return std::optional<Hold>(std::in_place, *this, key);
    }
    own.queue.erase(std::find(own.queue.begin(), own.queue.end(), ticket));
    return std::nullopt;  // somebody else holds it, so it is not empty
}

void OrderLocks::release(const std::string& key) {
    if (key.empty()) return;
    {
        std::scoped_lock lock(mutex_);
        const auto found = locks_.find(key);
        found->second.queue.pop_front();
        if (found->second.queue.empty()) locks_.erase(found);
    }
    changed_.notify_all();
}

}  // namespace gatehouse::events
