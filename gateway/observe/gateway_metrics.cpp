#include "gateway/observe/gateway_metrics.hpp"

#include <cassert>

namespace gatehouse::observe {

namespace {

constexpr std::array<std::string_view, 8> kMethodTexts = {"GET",    "HEAD",  "POST",    "PUT",
                                                          "DELETE", "PATCH", "OPTIONS", "other"};
constexpr std::array<std::string_view, 6> kClassTexts = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};

std::size_t method_index(std::string_view method) {
    std::size_t index = 0;
    while (index + 1 < kMethodTexts.size() && kMethodTexts[index] != method) ++index;
    return index;
}

std::size_t class_index(int status) {
    return status >= 100 && status < 600 ? static_cast<std::size_t>(status / 100) : 0;
}

std::vector<double> latency_buckets() {
    return {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
}

// A refusal here is a mistake in this file: the tests construct it.
Metrics::Family define(Metrics& metrics, MetricKind kind, std::string name, std::string help,
                       std::vector<std::string> labels = {}, std::string unit = {}) {
    MetricSpec spec;
    spec.kind = kind;
    spec.name = std::move(name);
    spec.help = std::move(help);
    spec.unit = std::move(unit);
    spec.labels = std::move(labels);
    spec.series_max = 10'000;
    if (kind == MetricKind::histogram) spec.buckets = latency_buckets();
    const auto family = metrics.define(spec);
    assert(family);
    return *family;
}

}  // namespace

RouteMetrics::RouteMetrics(Metrics& metrics, Metrics::Family requests, Metrics::Family duration, std::string route)
    : metrics_(&metrics), requests_(requests), route_(std::move(route)) {
    const std::string_view labels[] = {route_};
    duration_ = metrics.histogram(duration, labels);
}

void RouteMetrics::count(std::string_view method, int status, double seconds) {
    const std::size_t method_at = method_index(method);
    const std::size_t class_at = class_index(status);
    const Slot& slot = slots_[method_at * kClasses + class_at];
    (slot.made.load(std::memory_order_acquire) ? slot.counter : counter_for(method_at, class_at)).add();
    duration_.observe(seconds);
}

Counter RouteMetrics::counter_for(std::size_t method, std::size_t status_class) {
    Slot& slot = slots_[method * kClasses + status_class];
    std::scoped_lock lock(making_);
    if (!slot.made.load(std::memory_order_relaxed)) {
        const std::string_view labels[] = {route_, kMethodTexts[method], kClassTexts[status_class]};
        slot.counter = metrics_->counter(requests_, labels);
        slot.made.store(true, std::memory_order_release);
    }
    return slot.counter;
}

GatewayMetrics::GatewayMetrics(Metrics& metrics) : metrics_(metrics) {
    using enum MetricKind;
    requests_ = define(metrics, counter, "gatehouse_requests_total", "Requests answered, by route.",
                       {"route", "method", "code"});
    request_duration_ = define(metrics, histogram, "gatehouse_request_duration_seconds",
                               "From the request's head to the last octet of the answer.", {"route"}, "seconds");
    errors_ =
        define(metrics, counter, "gatehouse_errors_total", "Error answers that the gateway itself gave.", {"reason"});
    upstream_requests_ =
        define(metrics, counter, "gatehouse_upstream_requests_total",
               "Requests handed to a service, by class of its answer; none = no answer.", {"service", "code"});
    upstream_duration_ = define(metrics, histogram, "gatehouse_upstream_duration_seconds",
                                "From dispatch to the head of the service's answer.", {"service"}, "seconds");
    upstream_connections_ = define(metrics, gauge, "gatehouse_upstream_connections",
                                   "Connections to a service's endpoints.", {"service", "state"});
    rate_limited_ =
        define(metrics, counter, "gatehouse_rate_limited_total", "Requests refused by a rate limit.", {"policy"});
    auth_decisions_ = define(metrics, counter, "gatehouse_auth_decisions_total",
                             "What authenticators decided; unavailable = the verifier did not answer.",
                             {"authenticator", "decision"});
    plugin_in_flight_ = define(
        metrics, gauge, "gatehouse_plugin_in_flight",
        "What a plugin's generations have not ended: request, body that still arrives, operation (timers, posts, "
        "offloaded jobs), hold, bytes (pieces of a body that it has not released).",
        {"service", "kind"});
    plugin_queued_ =
        define(metrics, gauge, "gatehouse_plugin_queued", "Requests waiting for a plugin's worker.", {"service"});
    log_dropped_ = define(metrics, counter, "gatehouse_log_dropped_lines_total",
                          "Log lines lost because the output was too slow.", {"log"});
    reload_success_ = define(metrics, gauge, "gatehouse_config_last_reload_success",
                             "1 if the last reload of the configuration was taken over, else 0.");
    reload_time_ = define(metrics, gauge, "gatehouse_config_last_reload_success_timestamp_seconds",
                          "When a configuration was last taken over.", {}, "seconds");
    reloads_ =
        define(metrics, counter, "gatehouse_config_reloads_total", "Attempts to load a configuration.", {"result"});
    build_info_ =
        define(metrics, gauge, "gatehouse_build_info", "Always 1; what runs is in the labels.", {"version", "commit"});
    connections_accepted = metrics.counter(
        define(metrics, counter, "gatehouse_connections_accepted_total", "Client connections accepted."));
    connections_open = metrics.gauge(define(metrics, gauge, "gatehouse_connections_open", "Client connections open."));
    identity_fields_stripped = metrics.counter(define(metrics, counter, "gatehouse_identity_fields_stripped_total",
                                                      "Reserved fields removed from clients' requests."));
    const auto lookups = define(metrics, counter, "gatehouse_auth_cache_lookups_total",
                                "Lookups in the decision caches; joined = waited for the same check.", {"result"});
    const auto lookup = [&](std::string_view result) {
        const std::string_view labels[] = {result};
        return metrics.counter(lookups, labels);
    };
    auth_cache_hits = lookup("hit");
    auth_cache_misses = lookup("miss");
    auth_flights_joined = lookup("joined");
}

std::unique_ptr<RouteMetrics> GatewayMetrics::route(std::string name) {
    return std::make_unique<RouteMetrics>(metrics_, requests_, request_duration_, std::move(name));
}

ServiceMetrics GatewayMetrics::service(std::string_view name) {
    ServiceMetrics result;
    for (std::size_t i = 0; i < kClassTexts.size(); ++i) {
        const std::string_view labels[] = {name, kClassTexts[i]};
        result.answers[i] = metrics_.counter(upstream_requests_, labels);
    }
    const std::string_view labels[] = {name};
    result.duration = metrics_.histogram(upstream_duration_, labels);
    const std::string_view open[] = {name, "open"};
    const std::string_view idle[] = {name, "idle"};
    result.connections_open = metrics_.gauge(upstream_connections_, open);
    result.connections_idle = metrics_.gauge(upstream_connections_, idle);
    return result;
}

Counter GatewayMetrics::auth_decision(std::string_view authenticator, std::string_view decision) {
    const std::string_view labels[] = {authenticator, decision};
    return metrics_.counter(auth_decisions_, labels);
}

void GatewayMetrics::count_error(std::string_view reason) {
    const std::string_view labels[] = {reason};
    metrics_.record(errors_, 1, labels);
}

void GatewayMetrics::count_rate_limited(std::string_view policy) {
    const std::string_view labels[] = {policy};
    metrics_.record(rate_limited_, 1, labels);
}

void GatewayMetrics::set_plugin(std::string_view service, const PluginInFlight& in_flight, double queued) {
    const std::pair<std::string_view, double> kinds[] = {{"request", in_flight.requests},
                                                         {"body", in_flight.bodies},
                                                         {"operation", in_flight.operations},
                                                         {"hold", in_flight.holds},
                                                         {"bytes", in_flight.lent_bytes}};
    for (const auto& [kind, count] : kinds) {
        const std::string_view both[] = {service, kind};
        metrics_.record(plugin_in_flight_, count, both);
    }
    const std::string_view labels[] = {service};
    metrics_.record(plugin_queued_, queued, labels);
}

void GatewayMetrics::set_log_dropped(std::string_view log, double lines) {
    const std::string_view labels[] = {log};
    metrics_.record_total(log_dropped_, lines, labels);
}

void GatewayMetrics::set_reload(bool succeeded, double unix_seconds) {
    metrics_.record(reload_success_, succeeded ? 1 : 0);
    if (succeeded) metrics_.record(reload_time_, unix_seconds);
    const std::string_view labels[] = {succeeded ? "success" : "failure"};
    metrics_.record(reloads_, 1, labels);
}

void GatewayMetrics::set_build(std::string_view version, std::string_view commit) {
    const std::string_view labels[] = {version, commit};
    metrics_.record(build_info_, 1, labels);
}

}  // namespace gatehouse::observe
