#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "gateway/observe/metrics.hpp"

namespace gatehouse::observe {

// What the generations of a plugin have not ended, by kind.
struct PluginInFlight {
    double requests = 0, bodies = 0, operations = 0, holds = 0, lent_bytes = 0;
};

// Counts one route's requests. Series are made at first use, so that unused methods and classes are not exposed.
class RouteMetrics final {
public:
    RouteMetrics(Metrics& metrics, Metrics::Family requests, Metrics::Family duration, std::string route);
    RouteMetrics(const RouteMetrics&) = delete;
    RouteMetrics& operator=(const RouteMetrics&) = delete;

    void count(std::string_view method, int status, double seconds);

private:
    static constexpr std::size_t kMethods = 8;  // the registered ones and "other"
    static constexpr std::size_t kClasses = 6;  // "none", 1xx .. 5xx
    struct Slot {
        std::atomic<bool> made{false};
        Counter counter;
    };
    Counter counter_for(std::size_t method, std::size_t status_class);

    Metrics* metrics_;
    Metrics::Family requests_;
    std::string route_;
    Histogram duration_;
    std::mutex making_;
    std::array<Slot, kMethods * kClasses> slots_;
};

// What one upstream service (plugin or remote) is counted by; copy it into the pool.
struct ServiceMetrics {
    std::array<Counter, 6> answers;  // by status / 100; [0] = no answer
    Histogram duration;
    Gauge connections_open, connections_idle;
    void count(int status, double seconds) const {
        answers[status >= 100 && status < 600 ? static_cast<std::size_t>(status / 100) : 0].add();
        duration.observe(seconds);
    }
};

// Every metric of the gateway itself, declared in one place.
class GatewayMetrics final {
public:
    explicit GatewayMetrics(Metrics& metrics);

    Metrics& registry() { return metrics_; }
    std::unique_ptr<RouteMetrics> route(std::string name);
    ServiceMetrics service(std::string_view name);

    // An error answer that the gateway itself gave; reason: its token.  [any]
    void count_error(std::string_view reason);
    void count_rate_limited(std::string_view policy);
    // Gauges that are refreshed when scraped.
    void set_plugin(std::string_view service, const PluginInFlight& in_flight, double queued);
    void set_log_dropped(std::string_view log, double lines);
    void set_reload(bool succeeded, double unix_seconds);
    void set_build(std::string_view version, std::string_view commit);

    Counter connections_accepted;
    Gauge connections_open;
    Counter identity_fields_stripped;
    Counter auth_cache_hits, auth_cache_misses, auth_flights_joined;
    // decision: "allowed", "anonymous", "denied", "unavailable"
    Counter auth_decision(std::string_view authenticator, std::string_view decision);

private:
    Metrics& metrics_;
    Metrics::Family requests_, request_duration_, errors_, upstream_requests_, upstream_duration_,
        upstream_connections_, rate_limited_, auth_decisions_, plugin_in_flight_, plugin_queued_, log_dropped_,
        reload_success_, reload_time_, reloads_, build_info_;
};

}  // namespace gatehouse::observe
