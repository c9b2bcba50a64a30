#pragma once

#include <gatehouse/ext/events.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/events/bus.hpp"
#include "gateway/host/generation.hpp"

namespace gatehouse::events {

// Who wants what in this process. Handlers belong to a generation, the wish to its service: while one generation
// follows another the service stays subscribed, and a delivery goes to the one that is active when it begins.
class Subscriptions final {
public:
    // changed: called, without the lock that deliveries take, after the groups may have changed.  [lifecycle]
    explicit Subscriptions(std::function<void(const Groups&)> changed) : changed_(std::move(changed)) {}

    // The life of a generation. One that was taken over from counts until its successor is active.  [lifecycle]
    void attach(host::Generation& generation);
    gh_status subscribe(host::Generation& generation, std::string type, gh_event_handler handler, void* context);
    void activate(host::Generation& generation);
    void detach(host::Generation& generation);

    // See Subscribers::deliver(). `wanted` tells whether a handler was called.  [any but loops]
    gh_status deliver(const std::string& service, const Event& event, TimePoint deadline, bool& wanted);

    Groups groups() const;
    // The calling thread is inside a handler.
    static bool is_delivering();

private:
    struct Handler {
        gh_event_handler call;
        void* context;
    };
    struct Subscriber {  // one generation
        host::Generation* generation;
        std::map<std::string, Handler, std::less<>> handlers;  // by type
    };
    struct Service {
        std::vector<Subscriber> subscribers;
        host::Generation* active = nullptr;  // the last one that became so, until it is detached
    };

    Subscriber* find(const host::Generation& generation);
    Groups groups_locked() const;
    void tell();

    std::mutex telling_;  // so that what was told last is the newest
    std::function<void(const Groups&)> changed_;
    mutable std::mutex mutex_;
    std::condition_variable activated_;
    std::map<std::string, Service> services_;
};

}  // namespace gatehouse::events
