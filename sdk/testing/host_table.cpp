// gh_host as the plugin under test sees it.
#include <sstream>

#include "sdk/testing/exchange.hpp"
#include "sdk/testing/state.hpp"

namespace gatehouse::testing {

namespace {

const void* extension(const gh_host* host, const char* id) {
    const std::string_view name(id);
    if (name == GH_EXT_CALL) return &state_of(host).call;
    if (name == GH_EXT_CLOCK) return &state_of(host).clock;
    if (name == GH_EXT_KV) return &state_of(host).kv_store;
    if (name == GH_EXT_LEASE) return &state_of(host).lease;
    if (name == GH_EXT_EVENTS) return &state_of(host).events;
    if (name == GH_EXT_HTTP_CLIENT) return &state_of(host).http_client;
    if (name == GH_EXT_TRACE) return &state_of(host).trace;
    return nullptr;
}

void fail(const gh_host* host, const gh_error* error) {
    State& state = state_of(host);
    if (!is_known_struct(error)) return state.violate("fail(): bad gh_error");
    state.failure = to_string(error->message);
}

gh_status add_route(const gh_host* host, const gh_route* route) {
    State& state = state_of(host);
    if (!state.is_creating) {
        state.violate("add_route() outside create()");
        return GH_E_STATE;
    }
    if (!is_known_struct(route)) {
        state.violate("add_route(): bad size of gh_route");
        return GH_E_UNSUPPORTED;
    }
    RouteRow row{route->flags, to_string(route->method), to_string(route->pattern), {}, route->max_body, route->handle,
                 route->self};
    if (row.method.empty() || row.pattern.empty() || row.pattern.front() != '/' || row.handle == nullptr) {
        return GH_E_INVALID;
    }
    std::istringstream roles(to_string(route->roles));
    for (std::string role; roles >> role;) row.roles.push_back(role);
    for (const RouteRow& other : state.routes) {
        if (other.method == row.method && other.pattern == row.pattern) return GH_E_INVALID;
    }
    state.routes.push_back(std::move(row));
    return GH_OK;
}

std::int32_t log_level(const gh_host*) { return GH_LOG_DEBUG; }

void log(const gh_host* host, std::int32_t level, gh_str message, const gh_kv* fields, std::size_t count) {
    State& state = state_of(host);
    LogLine line{level, to_string(message), {}};
    for (std::size_t i = 0; i < count; ++i)
        line.fields.emplace_back(to_string(fields[i].key), to_string(fields[i].val));
    const std::scoped_lock lock(state.mutex);
    state.logs.push_back(std::move(line));
}

gh_status metric(const gh_host* host, const gh_metric* metric, std::uint32_t* id) {
    State& state = state_of(host);
    if (!state.is_creating) {
        state.violate("metric() outside create()");
        return GH_E_STATE;
    }
    if (!is_known_struct(metric)) {
        state.violate("metric(): bad size of gh_metric");
        return GH_E_UNSUPPORTED;
    }
    *id = static_cast<std::uint32_t>(state.metrics.size());
    state.metrics.push_back({to_string(metric->name), metric->kind, metric->n_labels});
    return GH_OK;
}

void record(const gh_host* host, std::uint32_t id, double value, const gh_str* labels) {
    State& state = state_of(host);
    if (id >= state.metrics.size()) return state.violate("record(): no such metric");
    const DeclaredMetric& metric = state.metrics[id];
    if (metric.kind == GH_COUNTER && value < 0) return state.violate("record(): a counter went down");
    std::vector<std::string> names;
    for (std::size_t i = 0; i < metric.labels; ++i) names.push_back(to_string(labels[i]));
    const std::scoped_lock lock(state.mutex);
    double& sample = state.samples[{metric.name, std::move(names)}];
    sample = metric.kind == GH_GAUGE ? value : sample + value;
}

std::uint64_t now_ns(const gh_host* host) { return state_of(host).now_ns; }
std::uint32_t n_loops(const gh_host*) { return 1; }
gh_loop* loop_at(const gh_host* host, std::uint32_t index) { return index == 0 ? &state_of(host).loop : nullptr; }
gh_loop* loop_here(const gh_host* host) { return state_of(host).is_on_loop() ? &state_of(host).loop : nullptr; }

gh_status post(const gh_host* host, gh_loop* loop, void (*work)(void*), void* context) {
    State& state = state_of(host);
    if (loop != &state.loop || work == nullptr) {
        state.violate("post(): no such loop, or no function");
        return GH_E_INVALID;
    }
    state.queue(true, [work, context] { work(context); });
    return GH_OK;
}

gh_status sleep(const gh_host* host, gh_loop* loop, std::uint64_t ns, gh_done done, void* context, gh_op* op) {
    State& state = state_of(host);
    if (loop != &state.loop || done == nullptr) {
        state.violate("sleep(): no such loop, or no callback");
        return GH_E_INVALID;
    }
    {
        const std::scoped_lock lock(state.mutex);
        const std::uint64_t id = state.next_id++;
        state.timers.push_back({id, state.now_ns + ns, done, context});
        if (op != nullptr) op->id = id;
    }
    state.changed.notify_all();
    return GH_PENDING;
}

gh_status offload(const gh_host* host, gh_loop* loop, void (*work)(void*), gh_done done, void* context) {
    State& state = state_of(host);
    if (loop != &state.loop || work == nullptr || done == nullptr) {
        state.violate("offload(): no such loop, or no function");
        return GH_E_INVALID;
    }
    state.queue(false, [&state, work, done, context] {
        work(context);
        state.queue(true, [done, context] { done(context, GH_OK, nullptr); });
    });
    return GH_PENDING;
}

void cancel(const gh_host* host, gh_op op) {
    State& state = state_of(host);
    std::list<Timer> found;
    {
        const std::scoped_lock lock(state.mutex);
        for (auto timer = state.timers.begin(); timer != state.timers.end(); ++timer) {
            if (timer->id != op.id) continue;
            found.splice(found.end(), state.timers, timer);
            break;
        }
    }
    for (const Timer& timer : found) {
        state.queue(true, [timer] { timer.done(timer.context, GH_E_CANCELED, nullptr); });
    }
}

gh_status hold(const gh_host* host, gh_str, gh_op* op) {
    State& state = state_of(host);
    const std::scoped_lock lock(state.mutex);
    op->id = state.next_id++;
    state.holds.insert(op->id);
    return GH_OK;
}

void unhold(const gh_host* host, gh_op op) {
    State& state = state_of(host);
    const std::scoped_lock lock(state.mutex);
    state.holds.erase(op.id);
}

std::int64_t wall_ms(const gh_host* host) {
    const State& state = state_of(host);
    return static_cast<std::int64_t>(state.now_ns / 1'000'000) + state.wall_offset_ms;
}

}  // namespace

void fill_host_table(TestHost::State& state) {
    state.host = {sizeof(gh_host), GH_ABI_MINOR, &state,  &state.http, &extension, &fail,    &add_route,
                  &log_level,      &log,         &metric, &record,     &now_ns,    &n_loops, &loop_at,
                  &loop_here,      &post,        &sleep,  &offload,    &cancel,    &hold,    &unhold};
    state.clock = {sizeof(gh_clock), 0, &wall_ms};
    fill_events_table(state.events);
    fill_http_table(state.http);
    fill_call_table(state.call);
    fill_kv_table(state.kv_store);
    fill_lease_table(state.lease);
    fill_http_client_table(state.http_client);
    fill_trace_table(state.trace);
}

}  // namespace gatehouse::testing
