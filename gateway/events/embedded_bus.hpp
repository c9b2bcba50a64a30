#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gateway/base/guarded.hpp"
#include "gateway/events/bus.hpp"
#include "gateway/events/order_locks.hpp"

namespace gatehouse::events {

// Services of the configuration that run in other processes.  All [any but loops].
class RemoteSubscribers {
public:
    virtual ~RemoteSubscribers() = default;
    // Those that want the type. Waits until the deadline for services that have not told yet what they want; empty: one
    // still has not.
    virtual std::optional<std::vector<std::string>> wanting(const std::string& type, TimePoint deadline) = 0;
    virtual gh_status deliver(const std::string& service, const Event& event, TimePoint deadline) = 0;
    virtual std::string problem() const = 0;
    virtual void stop() = 0;
};

// No broker: publish() itself calls every subscriber, in order of their names, on the publisher's thread. An event is
// safe when all of them have processed it; otherwise it fails, and the publisher's outbox brings it again. Events of
// one subject are delivered one after another, to all in the same order, however many publish at once.
class EmbeddedBus final : public Bus {
public:
    // remote may be null.
    EmbeddedBus(Subscribers& local, std::unique_ptr<RemoteSubscribers> remote);

    const char* name() const override { return "embedded"; }
    void publish(std::span<const Event> events, TimePoint deadline, std::span<gh_status> results) override;
    void set_groups(const Groups& groups) override;
    BusStatus status() const override;
    void stop(TimePoint deadline) override;

private:
    gh_status publish_one(const Event& event, const std::string& key, TimePoint deadline);
    gh_status deliver_to_all(const Event& event, TimePoint deadline);

    // The last events that failed, to tell second tries from first ones.
    class Failures final {
    public:
        void add(const Event& event);
        bool contains(const Event& event);

    private:
        std::mutex mutex_;
        std::deque<std::string> order_;
        std::set<std::string> known_;
    };

    Subscribers& local_;
    std::unique_ptr<RemoteSubscribers> remote_;
    Guarded<Groups> groups_;
    OrderLocks locks_;
    Failures failures_;
    std::atomic<bool> is_stopped_{false};
};

}  // namespace gatehouse::events
