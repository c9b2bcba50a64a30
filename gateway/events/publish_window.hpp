#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "gateway/events/bus.hpp"

namespace gatehouse::events {

// What lies between publish() and the thread that talks to a broker: batches wait here, events are handed out one by
// one and are on their way until the broker has confirmed or refused them. Of one subject only one is on its way,
// whatever batch it is from: a later one must never be safe when an earlier one is not.
class PublishWindow final {
public:
    static constexpr std::size_t kWaitingMax = 10'000;
    static constexpr std::size_t kOnTheirWayMax = 512;

    struct Batch;
    // One event that the broker's thread has to send.
    struct Item {
        std::shared_ptr<Batch> batch;
        std::size_t index = 0;
        std::string key;  // order_key()
        std::string type;
        std::string partition_key;  // source/subject, or the id: what a broker may spread events by
        std::string message;        // the encoded event
        TimePoint sent_at{};
    };

    // wake: tells the broker's thread that there is something to send.
    explicit PublishWindow(std::function<void()> wake) : wake_(std::move(wake)) {}

    // As Bus::publish().  [worker]
    void publish(std::span<const Event> events, TimePoint deadline, std::span<gh_status> results);

    // For the broker's thread. An item that was taken is given back to exactly one finish().
    std::unique_ptr<Item> take();
    void finish(std::unique_ptr<Item> item, gh_status status);

    std::size_t waiting() const;
    // Everything that waits, and what comes from now on, fails with GH_E_CLOSED.  [any]
    void close();

private:
    void abandon(Batch& batch);

    std::function<void()> wake_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::unique_ptr<Item>> waiting_;
    std::set<std::string> busy_keys_;
    std::size_t on_their_way_ = 0;
    bool is_closed_ = false;
};

}  // namespace gatehouse::events
