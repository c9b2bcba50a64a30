#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/events/event.hpp"

namespace gatehouse::events {

// One service of this process as a consumer group: each event of its types reaches one process of it.
struct Group {
    std::set<std::string> types;
    bool is_running = false;  // there is a generation that takes deliveries
    bool operator==(const Group&) const = default;
};
using Groups = std::map<std::string, Group>;  // by service

// Where drivers hand events to.
class Subscribers {
public:
    enum class Attempt : std::uint8_t { first, again };

    // Runs the service's handler on the calling thread, waiting for a generation that takes it until the deadline.
    // GH_OK: done for good, also when the service does not want such events (any more).  [driver's threads, workers]
    virtual gh_status deliver(const std::string& service, const Event& event, Attempt attempt, TimePoint deadline) = 0;

protected:
    ~Subscribers() = default;
};

struct BusStatus {
    bool is_connected = true;
    bool was_connected = true;                 // at least once
    std::string problem;                       // why not, for operators
    std::map<std::string, std::uint64_t> lag;  // events that wait, by service; where it is known
};

// One way to carry events: embedded, rabbitmq or kafka.
class Bus {
public:
    virtual ~Bus() = default;
    virtual const char* name() const = 0;  // static

    // Hands over events, in order, and blocks until each is safe or given up: results[i] is GH_OK or why not. After a
    // failed one the later ones with its order_key() get GH_E_STATE and are not sent.  REQUIRES: events without fault,
    // as many results.  [worker; several at a time]
    virtual void publish(std::span<const Event> events, TimePoint deadline, std::span<gh_status> results) = 0;

    // What the services of this process want, whenever that changes.  [lifecycle]
    virtual void set_groups(const Groups& groups) = 0;

    virtual BusStatus status() const { return {}; }  // [any]

    // No more deliveries; handlers that run may finish until the deadline. publish() fails with GH_E_CLOSED.
    virtual void stop(TimePoint deadline) = 0;
};

}  // namespace gatehouse::events
