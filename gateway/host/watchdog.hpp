#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/host/breadcrumb.hpp"

namespace gatehouse {
class IoLoop;
}

namespace gatehouse::host {

class Generation;

// Looks after the event loops from a thread of its own. A loop that is inside one and the same call of a plugin for too
// long is reported while it is stuck, by reading the breadcrumb that its thread left: plugin, route, request. After
// `broken` the plugin's breaker opens: its routes answer 503 until the loop is back and `retry` has passed. A thread is
// never killed. Costs the loops nothing but the breadcrumb and a message four times a second.
class Watchdog final {
public:
    struct Limits {
        Duration slow = 5ms;       // counted
        Duration stalled = 100ms;  // told
        Duration broken = 1s;      // the breaker opens
        Duration retry = 5s;       // from the loop's return to half open, and from there to closed if nobody asks
    };

    struct Event {
        enum class Kind : std::uint8_t {
            slow,        // `generation` and what follows it are known for these three
            stalled,     //
            broken,      //
            half_open,   // the plugin is tried again
            loop_stuck,  // a loop does not turn, for a reason outside of plugins
        };
        Kind kind = Kind::slow;
        std::uint32_t loop = 0;
        Duration lasted{};                       // so far
        std::shared_ptr<Generation> generation;  // null if it has just ended
        Activity activity = Activity::none;
        std::string route;  // "GET /posts/{id}"; empty outside of handlers
        std::string request_id;
    };

    struct Options {
        std::vector<IoLoop*> loops;  // running, and for longer than the watchdog
        Limits limits;
        // The generation at that address if there is one now: the address may be stale.  [any]
        std::function<std::shared_ptr<Generation>(const Generation*)> hold;
        std::function<void(const Event&)> report;  // on the watchdog's thread; must not wait for a loop
    };
    explicit Watchdog(Options options);
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

private:
    struct Heartbeat;
    struct Watch;
    struct Broken;

    void run();
    bool look(Watch& watch, TimePoint now);
    void beat(Watch& watch, TimePoint now);
    void escalate(Watch& watch, TimePoint now);
    Event describe(const Watch& watch, Event::Kind kind, Duration lasted) const;
    void open(const Watch& watch, const Event& event);
    void retry(TimePoint now);

    Options options_;
    std::vector<std::unique_ptr<Watch>> watches_;
    std::vector<Broken> broken_;
    std::mutex mutex_;
    std::condition_variable stop_wanted_;
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace gatehouse::host
