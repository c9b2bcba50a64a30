#pragma once

#include <atomic>
#include <string>

#include "gateway/events/bus.hpp"
#include "gateway/host/plugin_host.hpp"

namespace gatehouse::events {

// In a process of `gatehouse serve` whose gateway has the embedded bus: what is published goes to the gateway by its
// internal listener; what is subscribed to comes from there, by the routes of internal_routes.hpp. Without a gateway
// nothing can be published, and the outboxes keep it.
class GatewayBus final : public Bus {
public:
    // caller: to `gateway` as a service; null = there is no gateway.
    GatewayBus(host::RemoteCaller* caller, std::string gateway, std::string service)
        : caller_(caller), gateway_(std::move(gateway)), service_(std::move(service)) {}

    const char* name() const override { return "gateway"; }
    void publish(std::span<const Event> events, TimePoint deadline, std::span<gh_status> results) override;
    void set_groups(const Groups&) override {}
    BusStatus status() const override;
    void stop(TimePoint) override { is_stopped_ = true; }

private:
    void send(const std::string& batch, TimePoint deadline, std::span<gh_status> results);

    host::RemoteCaller* caller_;
    const std::string gateway_, service_;
    std::atomic<bool> is_stopped_{false}, is_failing_{false};
};

}  // namespace gatehouse::events
