#include <gatehouse/ext/migrations.h>
#include <gatehouse/ext/openapi.h>
#include <gatehouse/testing.hpp>

#include <gtest/gtest.h>

#include <stdexcept>

#include "sdk/testing/exchange.hpp"
#include "sdk/testing/state.hpp"

namespace gatehouse::testing {

namespace {

// Every function of ABI 1.0 that a plugin must or may have.
void check_table(const gh_plugin* plugin) {
    if (plugin == nullptr) throw std::runtime_error("the entry function returned NULL");
    if (!GH_HAS(plugin, extension)) throw std::runtime_error("the plugin's table is smaller than ABI 1.0");
    if (plugin->id.len == 0 || plugin->version.len == 0) throw std::runtime_error("the plugin has no id or version");
    if (plugin->create == nullptr || plugin->destroy == nullptr) {
        throw std::runtime_error("the plugin has no create() or no destroy()");
    }
}

void create(State& state, std::string_view config) {
    for (const char* const* need = state.plugin->needs; need != nullptr && *need != nullptr; ++need) {
        if (state.host.extension(&state.host, *need) == nullptr) {
            throw std::runtime_error(std::string("the plugin needs ") + *need);
        }
    }
    state.is_creating = true;
    const gh_status status = state.plugin->create(&state.host, to_str(config), &state.self);
    state.is_creating = false;
    if (status == GH_OK) return;
    if (status > 0) state.violate("create() must be synchronous");
    throw std::runtime_error("create() failed: " + state.failure);
}

std::string last_error(State& state) {
    const std::scoped_lock lock(state.mutex);
    for (auto line = state.logs.rbegin(); line != state.logs.rend(); ++line) {
        if (line->level == GH_LOG_ERROR) return line->message + ": " + line->field("error");
    }
    return "no explanation";
}

void check_leaks(State& state) {
    if (!state.holds.empty()) state.violate("destroyed while it holds its code: unhold() is missing");
    if (state.chunks_out != 0) state.violate("gh_bytes from read() were not released");
    if (state.responses_out != 0) state.violate("a response of the HTTP client was not closed");
    if (state.spans_open != 0) state.violate("a span was not ended");
    for (const gh_request& request : state.requests) {
        if (!request.is_ended) state.violate(request.label + ": never ended");
    }
}

void run_queued(State& state) {
    while (state.run_one()) {
    }
}

struct Visited {
    std::vector<TestHost::MigrationState> list;
    std::string failure;
};

void on_visit(void* context, std::int32_t applied, gh_str name) {
    static_cast<Visited*>(context)->list.push_back({to_string(name), applied != 0});
}

void on_migration_failure(void* context, gh_status, const gh_error* error) {
    if (error != nullptr) static_cast<Visited*>(context)->failure = to_string(error->message);
}

using MigrationStep = gh_status (*)(void*, gh_migration_visit, void*, gh_done);

std::vector<TestHost::MigrationState> run_migrations(State& state, MigrationStep gh_migrations::*step) {
    const auto* extension =
        state.plugin->extension == nullptr
            ? nullptr
            : static_cast<const gh_migrations*>(state.plugin->extension(state.self, GH_EXT_MIGRATIONS));
    if (extension == nullptr) throw std::runtime_error("the plugin does not offer " GH_EXT_MIGRATIONS);
    Visited visited;
    const gh_status status = (extension->*step)(state.self, &on_visit, &visited, &on_migration_failure);
    if (status != GH_OK) throw std::runtime_error("migration failed: " + visited.failure);
    return std::move(visited.list);
}

}  // namespace

TestHost::TestHost(const gh_plugin* plugin, std::string_view config_json, Start start) {
    check_table(plugin);
    state_ = std::make_unique<State>(plugin);
    State& state = *state_;
    create(state, config_json);
    if (start == Start::no) return;
    state.leases.set_active(state, true);
    if (plugin->start == nullptr) return;
    const gh_status status =
        state.run_hook("start", [&](gh_done done, void* context) { return plugin->start(state.self, done, context); });
    if (status == GH_OK) return;
    const std::string why = last_error(state);
    plugin->destroy(state.self);
    throw std::runtime_error("start() failed: " + why);
}

TestHost::~TestHost() {
    State& state = *state_;
    state.leases.set_active(state, false);
    const gh_plugin* plugin = state.plugin;
    drain();
    // The drain deadline: whoever still waits is cancelled.
    for (gh_request& request : state.requests) cancel_request(request, GH_E_CANCELED);
    cancel_exchanges(state);
    state.cancel_timers();
    run_queued(state);
    if (plugin->stop != nullptr) {
        state.run_hook("stop", [&](gh_done done, void* context) { return plugin->stop(state.self, done, context); });
    }
    state.cancel_timers();
    run_queued(state);
    plugin->destroy(state.self);
    check_leaks(state);
    for (const std::string& violation : state.violations) ADD_FAILURE() << "ABI rule broken: " << violation;
}

void TestHost::drain() {
    State& state = *state_;
    if (std::exchange(state.is_draining, true) || state.plugin->drain == nullptr) return;
    const std::uint64_t deadline = state.now_ns + 30'000'000'000ULL;
    state.run_hook(
        "drain", [&](gh_done done, void* context) { return state.plugin->drain(state.self, deadline, done, context); });
    run_queued(state);
}

RequestBuilder TestHost::request(std::string method, std::string target) {
    return RequestBuilder(*this, std::move(method), std::move(target));
}

bool TestHost::healthy() {
    State& state = *state_;
    if (state.plugin->health == nullptr) return true;
    return state.run_hook("health", [&](gh_done done, void* context) {
        gh_status status = GH_OK;
        state.run_on_loop([&] { status = state.plugin->health(state.self, done, context); });
        return status;
    }) == GH_OK;
}

void TestHost::on_call(std::string service, std::function<Answer(const PeerRequest&)> peer) {
    const std::scoped_lock lock(state_->mutex);
    state_->peers[std::move(service)] = std::move(peer);
}

void TestHost::on_call_never(std::string service) {
    const std::scoped_lock lock(state_->mutex);
    state_->silent_peers.insert(std::move(service));
}

void TestHost::connect(std::string service, TestHost& other) {
    const std::string caller = to_string(state_->plugin->id);
    on_call(std::move(service), [&other, caller](const PeerRequest& call) {
        RequestBuilder request = other.request(call.method, call.target);
        request.as_service(caller).body(call.body);
        if (call.user_id != 0) request.as_user(call.user_id, call.user_name, call.user_roles);
        for (const Header& field : call.headers) request.header(field.name, field.value);
        return request.send();
    });
}

void TestHost::advance(std::chrono::milliseconds by) {
    State& state = *state_;
    const std::uint64_t until = state.now_ns + static_cast<std::uint64_t>(std::chrono::nanoseconds(by).count());
    run_queued(state);
    while (state.fire_next_timer(until)) run_queued(state);
    state.now_ns = until;
    run_queued(state);
}

Time TestHost::wall_time() const { return from_unix_ms(state_->clock.wall_ms(&state_->host)); }

void TestHost::set_wall_time(Time time) {
    state_->wall_offset_ms = to_unix_ms(time) - static_cast<std::int64_t>(state_->now_ns / 1'000'000);
}

std::vector<LogLine> TestHost::logs() const {
    const std::scoped_lock lock(state_->mutex);
    return state_->logs;
}

std::vector<EndedSpan> TestHost::spans() const {
    const std::scoped_lock lock(state_->mutex);
    return state_->spans;
}

double TestHost::metric(std::string_view name, const std::vector<std::string>& labels) const {
    const std::scoped_lock lock(state_->mutex);
    const auto found = state_->samples.find({std::string(name), labels});
    return found == state_->samples.end() ? 0 : found->second;
}

std::string TestHost::openapi() {
    const gh_plugin* plugin = state_->plugin;
    if (plugin->openapi.len > 0) return to_string(plugin->openapi);
    const auto* extension = plugin->extension == nullptr
                                ? nullptr
                                : static_cast<const gh_openapi*>(plugin->extension(state_->self, GH_EXT_OPENAPI));
    return extension == nullptr ? std::string() : to_string(extension->document(state_->self));
}

std::vector<TestHost::MigrationState> TestHost::migration_status() {
    return run_migrations(*state_, &gh_migrations::status);
}

std::vector<TestHost::MigrationState> TestHost::migrate() { return run_migrations(*state_, &gh_migrations::up); }

std::vector<std::string> TestHost::take_violations() {
    const std::scoped_lock lock(state_->mutex);
    return std::exchange(state_->violations, {});
}

}  // namespace gatehouse::testing
