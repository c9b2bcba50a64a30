#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "gateway/events/bus.hpp"
#include "gateway/events/event_metrics.hpp"
#include "gateway/events/subscriptions.hpp"
#include "gateway/host/extension.hpp"
#include "gateway/observe/log.hpp"

namespace gatehouse::events {

class InternalRoutes;

// gh.events/1: checks what plugins publish and hands it to the bus; runs their handlers for what the bus brings.
class EventsExtension final : public host::Extension, public Subscribers {
public:
    static constexpr char kId[] = GH_EXT_EVENTS;
    static constexpr Duration kPublishTimeout = 30s;
    static constexpr Duration kPublishTimeoutMax = 10min;

    EventsExtension(observe::Logger& logger, observe::Metrics& metrics);
    ~EventsExtension() override;
    EventsExtension(const EventsExtension&) = delete;
    EventsExtension& operator=(const EventsExtension&) = delete;

    // Before the first plugin is loaded: its gateway, known by that name, brings events and asks for wishes.
    void answer_to(const std::string& gateway);
    // Before the first plugin is loaded. The bus delivers to *this.
    void use(std::unique_ptr<Bus> bus);
    // All services of the configuration run: from now on publish() does something. Before, and in commands that run a
    // part of them only, an event would pass by those that are not there: it stays in its outbox.
    void open() { is_open_ = true; }
    // Before the plugins are stopped: handlers that run may finish; nothing is delivered or published any more.
    void stop(TimePoint deadline);

    const char* id() const override { return kId; }
    const void* table() const override;
    void attach(host::Generation& generation) override;
    void activate(host::Generation& generation) override { subscriptions_.activate(generation); }
    void detach(host::Generation& generation) override { subscriptions_.detach(generation); }

    gh_status deliver(const std::string& service, const Event& event, Attempt attempt, TimePoint deadline) override;

    // On behalf of `service`, whatever the events say about their source.  [worker]
    gh_status publish(const std::string& service, std::vector<Event> events, TimePoint deadline, gh_status* results);

    // What the services of this process want.  [any]
    Groups groups() const { return subscriptions_.groups(); }
    // Why this process is not ready for traffic yet; empty = it is. Only a broker that was never reached counts: later
    // on events wait in their outboxes, and everything else works.  [any]
    std::string reason_not_ready() const;

private:
    struct Functions;

    observe::Logger& logger_;
    EventMetrics metrics_;
    std::atomic<bool> is_open_{false};
    std::unique_ptr<Bus> bus_;
    std::unique_ptr<InternalRoutes> routes_;
    Subscriptions subscriptions_;
};

}  // namespace gatehouse::events
