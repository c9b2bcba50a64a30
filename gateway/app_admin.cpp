// What the admin listener is told about the rest of the process.
#include <gatehouse/ext/admin.h>

#include <map>

#include "gateway/app_parts.hpp"
#include "gateway/config/addresses.hpp"
#include "gateway/config/effective.hpp"
#include "gateway/upstream/call_fields.hpp"

namespace gatehouse {

namespace {

template <class T>
Task<T> run_on(SerialThread& thread, std::function<T()> work, bool is_urgent = false) {
    SerialThread::Result<T> result(thread, std::move(work), is_urgent);
    co_return co_await result;
}

}  // namespace

std::vector<std::string> App::Parts::reasons_not_ready() {
    std::vector<std::string> reasons;
    switch (phase.load()) {
        case Phase::serving: break;
        case Phase::starting: reasons.emplace_back("starting"); break;
        case Phase::draining:
        case Phase::stopped: reasons.emplace_back("draining"); break;
    }
    for (const auto& [name, service] : snapshot()->services.by_name) {
        if (!service.generation || service.generation->accepts_requests()) continue;
        reasons.push_back("plugin " + name + " is " + std::string(host::to_string(service.generation->state())));
    }
    if (events) {
        if (std::string reason = events->reason_not_ready(); !reason.empty()) reasons.push_back(std::move(reason));
    }
    return reasons;
}

// One service that is down must not take this process, and with it every other service, out of rotation: each of its
// replicas may have the same trouble.
std::vector<std::string> App::Parts::what_is_degraded() {
    std::vector<std::string> degraded;
    const auto held = snapshot();
    for (const admin::ServiceStatus& status : service_status()) {
        const pipeline::Service* const service = held->services.find(status.name);
        if (service == nullptr) continue;
        if (service->generation && service->generation->breaker().state() == host::StallBreaker::State::open) {
            degraded.push_back(status.name + ": it blocks an event loop and gets no requests");
        }
        if (!held->configuration.services.at(status.name).is_spawned()) continue;
        const auto state = status.child ? status.child->state : supervise::ChildState::stopped;
        if (state == supervise::ChildState::up) continue;
        std::string what = status.name + ": its child process is " + std::string(supervise::to_string(state));
        if (status.child && !status.child->last_end.empty()) what += "; the last one: " + status.child->last_end;
        degraded.push_back(std::move(what));
    }
    return degraded;
}

std::vector<admin::ServiceStatus> App::Parts::service_status() {
    const std::vector<supervise::ChildStatus> children =
        spawned ? spawned->status() : std::vector<supervise::ChildStatus>{};
    std::vector<admin::ServiceStatus> result;
    const auto held = snapshot();
    for (const auto& [name, service] : held->configuration.services) {
        admin::ServiceStatus& status = result.emplace_back();
        status.name = name;
        status.weights = service.weights;
        status.moved_because = service.moved_because;
        for (const config::Endpoint& endpoint : service.at) status.at.push_back(config::format_endpoint(endpoint));
        for (const supervise::ChildStatus& child : children) {
            const bool is_later = !status.child || status.child->state == supervise::ChildState::stopping;
            if (child.service == name && is_later) status.child = child;
        }
    }
    return result;
}

std::vector<admin::UpstreamStatus> App::Parts::upstream_status() {
    std::vector<admin::UpstreamStatus> result;
    for (const auto& pool : directory.pools()) {
        admin::UpstreamStatus& status = result.emplace_back();
        status.endpoint = pool->key;
        status.loop = pool->loop;
        status.is_failing = pool->is_failing.load(std::memory_order_relaxed);
        status.connections = pool->connections.load(std::memory_order_relaxed);
        status.idle = pool->idle.load(std::memory_order_relaxed);
        status.waiting = pool->waiting.load(std::memory_order_relaxed);
        status.connects = pool->connects.load(std::memory_order_relaxed);
        status.connect_failures = pool->connect_failures.load(std::memory_order_relaxed);
    }
    return result;
}

void App::Parts::refresh_plugin_metrics() {
    struct Sums {
        observe::PluginInFlight in_flight;
        double queued = 0;
        std::map<host::State, double> states;
    };
    std::map<std::string, Sums> services;
    for (const host::PluginStatus& plugin : plugin_host->status()) {
        Sums& sums = services[plugin.service];
        sums.in_flight.requests += static_cast<double>(plugin.in_flight.requests);
        sums.in_flight.bodies += static_cast<double>(plugin.in_flight.bodies);
        sums.in_flight.operations += static_cast<double>(plugin.in_flight.operations);
        sums.in_flight.holds += static_cast<double>(plugin.in_flight.holds);
        sums.in_flight.lent_bytes += static_cast<double>(plugin.in_flight.lent_bytes);
        sums.queued += static_cast<double>(plugin.queued);
        ++sums.states[plugin.state];
        if (plugin.state == host::State::active) plugin_metrics.set_generation(plugin.service, plugin.generation);
    }
    using enum host::State;
    for (const auto& [service, sums] : services) {
        gateway_metrics.set_plugin(service, sums.in_flight, sums.queued);
        for (const host::State state : {canary, active, warm, draining, stopped, destroyed, pinned}) {
            const auto found = sums.states.find(state);
            plugin_metrics.set_state(service, host::to_string(state), found == sums.states.end() ? 0 : found->second);
        }
    }
    const host::PluginHost::Counts counts = plugin_host->counts();
    plugin_metrics.set_totals(static_cast<double>(counts.pinned), static_cast<double>(counts.unmapped));
}

// In this process, or by the one that serves it.
admin::CommandAnswer App::Parts::run_command(const std::string& service, const std::string& command,
                                             const std::string& arguments) {
    if (const auto generation = plugin_host->find(service)) {
        auto answer = plugin_host->run_admin(*generation, command, arguments);
        return {answer.status, std::move(answer.json), {}};
    }
    const auto held = snapshot();
    const pipeline::Service* const found = held->services.find(service);
    if (found == nullptr) return {GH_E_UNSUPPORTED, {}, "There is no service " + service + "."};
    if (found->cluster && found->cluster->is_served()) {
        return ask_for_command(remote_calls, upstream::kGatewayCluster, service, command, arguments);
    }
    return {GH_E_STATE, {}, service + " is not run by `gatehouse serve` (served: false): it knows no commands."};
}

admin::AdminSources App::Parts::admin_sources() {
    metrics.on_scrape([this] {
        refresh_plugin_metrics();
        gateway_metrics.set_log_dropped("access", static_cast<double>(access_log.dropped()));
        gateway_metrics.set_log_dropped("gateway", static_cast<double>(logger.dropped()));
    });
    admin::AdminSources sources;
    sources.not_ready = [this] { return reasons_not_ready(); };
    sources.degraded = [this] { return what_is_degraded(); };
    sources.routes = [this] { return snapshot()->table->routes(); };
    sources.plugins = [this] { return plugin_host->status(); };
    sources.upstreams = [this] { return upstream_status(); };
    sources.services = [this] { return service_status(); };
    sources.effective_config = [this] { return config::print_effective(snapshot()->configuration); };
    sources.reload = [this] { return run_on<admin::ReloadReport>(*reloading, [this] { return reload(); }); };
    sources.reload_plugin = [this](std::string service) {
        return run_on<admin::PluginReport>(*reloading, [this, service] { return reload_plugin(service); });
    };
    sources.roll_back_plugin = [this](std::string service) {
        return run_on<admin::PluginReport>(
            *reloading, [this, service] { return roll_back(service, "asked for"); }, true);
    };
    sources.run_command = [this](std::string service, std::string command, std::string arguments) {
        return run_on<admin::CommandAnswer>(
            *commands, [this, service, command, arguments] { return run_command(service, command, arguments); });
    };
    return sources;
}

}  // namespace gatehouse
