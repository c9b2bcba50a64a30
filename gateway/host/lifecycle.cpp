#include "gateway/host/lifecycle.hpp"

#include <gatehouse/ext/call.h>
#include <gatehouse/ext/migrations.h>
#include <gatehouse/ext/openapi.h>

#include <future>
#include <string_view>
#include <thread>

#include "gateway/base/guarded.hpp"
#include "gateway/base/io_loop.hpp"
#include "gateway/host/breadcrumb.hpp"
#include "gateway/host/completion.hpp"
#include "gateway/host/config_check.hpp"
#include "gateway/host/host_table.hpp"
#include "gateway/host/library.hpp"
#include "gateway/host/negative_control.hpp"
#include "gateway/host/probe.hpp"
#include "gateway/host/step.hpp"
#include "gateway/host/worker_pool.hpp"

namespace gatehouse::host {

namespace {

constexpr Duration kCreateTimeout = 10s;
constexpr Duration kHealthTimeout = 1s;
constexpr Duration kProbeTimeout = 5s;
constexpr Duration kDrainHookTimeout = 5s;
constexpr Duration kStopTimeout = 10s;
constexpr Duration kFenceTimeout = 5s;
constexpr Duration kCancelTimeout = 5s;  // from cancelling operations to giving up on them
constexpr Duration kStepSlack = 1s;      // for a step around a wait that has a deadline of its own
constexpr Duration kStreamLook = 100ms;  // how often a drain asks whether streams are left
constexpr Duration kPollInterval = 1ms;
constexpr Duration kPollIntervalMax = 16ms;

std::string missing_extension(const gh_plugin& plugin, const gh_host& host) {
    if (plugin.needs == nullptr) return {};
    for (const char* const* id = plugin.needs; *id != nullptr; ++id) {
        if (host.extension(&host, *id) == nullptr)
            return std::string("it needs ") + *id + ", which this host does not offer";
    }
    return {};
}

template <class Table>
const Table* extension_of(const gh_plugin& plugin, void* self, const char* id) {
    return plugin.extension == nullptr ? nullptr : static_cast<const Table*>(plugin.extension(self, id));
}

std::string openapi_of(const gh_plugin& plugin, void* self) {
    if (plugin.openapi.len != 0) return {plugin.openapi.ptr, plugin.openapi.len};
    const auto* const table = extension_of<gh_openapi>(plugin, self, GH_EXT_OPENAPI);
    if (!GH_HAS(table, document)) return {};
    const gh_str text = table->document(self);
    return text.len == 0 ? std::string() : std::string(text.ptr, text.len);
}

}  // namespace

std::string Lifecycle::step(const std::shared_ptr<Generation>& generation, std::string_view what, Duration timeout,
                            std::function<std::string()> work) {
    if (generation->is_stuck_) return std::string(what) + " was not tried: an earlier step still hangs";
    const auto why = std::make_shared<std::string>();
    const bool has_ended = run_step(timeout, [why, generation, work = std::move(work)] { *why = work(); });
    if (has_ended) return *why;
    generation->is_stuck_ = true;
    return std::string(what) + " hangs: it did not return in time";
}

std::string Lifecycle::create(const std::shared_ptr<Generation>& generation, const std::string& config_json) {
    HostTable& table = *generation->table_;
    if (std::string why = missing_extension(generation->library_->plugin(), table.table()); !why.empty()) return why;
    const gh_str schema = generation->library_->plugin().config_schema;
    if (std::string why = check_config(config_json, {schema.ptr, schema.len}); !why.empty()) return why;
    for (Extension* const extension : table.extensions()) extension->attach(*generation);
    return step(
        generation, "create", std::min<Duration>(kCreateTimeout, start_timeout_),
        [self = generation.get(), config_json] {
            const Breadcrumb here(self, Activity::create);
            const gh_plugin& plugin = self->library_->plugin();
            HostTable& own = *self->table_;
            own.open_registration();
            const gh_status status =
                plugin.create(&own.table(), {config_json.data(), config_json.size()}, &self->self_);
            own.close_registration();
            if (status != GH_OK || !own.failure().empty()) {
                if (status == GH_OK) plugin.destroy(self->self_);
                self->self_ = nullptr;
                return own.failure().empty() ? "create failed with status " + std::to_string(status) : own.failure();
            }
            self->openapi_ = openapi_of(plugin, self->self_);
            self->route_in_flight_ = std::make_unique<std::atomic<std::uint32_t>[]>(own.routes().routes().size());
            self->enter_state(State::created);
            self->is_created_.store(true, std::memory_order_release);
            return std::string();
        });
}

// A step that hangs outlives the host: it knows nothing but its generation.
std::string Lifecycle::start(const std::shared_ptr<Generation>& generation) {
    generation->was_started_ = true;
    const auto work = [self = generation.get(), timeout = start_timeout_] {
        const gh_plugin& plugin = self->library_->plugin();
        if (plugin.start == nullptr) return std::string();
        const Breadcrumb here(self, Activity::start);
        const auto call = [&](gh_done done, void* context) { return plugin.start(self->self_, done, context); };
        return Completion::wait(timeout, "start", call);
    };
    std::string why = step(generation, "start", start_timeout_ + kStepSlack, work);
    if (!why.empty()) {
        generation->was_started_ = false;
        return why;
    }
    generation->enter_state(State::started);
    return check_health(generation);
}

// health belongs to a loop; its synchronous answer is passed on from there.
std::string Lifecycle::check_health(const std::shared_ptr<Generation>& generation) {
    const gh_plugin& plugin = generation->library_->plugin();
    if (plugin.health == nullptr) return {};
    Operations& operations = generation->table_->operations();
    const auto call = [&](gh_done done, void* context) {
        operations.begin();
        loops_.front()->post([&owner = *generation, health = plugin.health, done, context, &operations] {
            const Breadcrumb here(&owner, Activity::health);
            const gh_status status = health(owner.self_, done, context);
            if (status != GH_PENDING) done(context, status, nullptr);
            operations.end();
        });
        return GH_PENDING;
    };
    return Completion::wait(kHealthTimeout, "health", call);
}

std::string Lifecycle::probe(const std::shared_ptr<Generation>& generation, bool is_successor) {
    generation->enter_state(State::canary);
    if (!is_successor) return {};
    for (const std::string& path : generation->probes_) {
        const auto ask = [generation, path, loop = loops_.front()] {
            return host::probe(generation, path, *loop, Clock::now() + kProbeTimeout);
        };
        if (std::string why = step(generation, "the probe", kProbeTimeout + kStepSlack, ask); !why.empty()) return why;
    }
    return {};
}

void Lifecycle::activate(Generation& generation) {
    generation.enter_state(State::active);
    for (Extension* const extension : generation.table_->extensions()) extension->activate(generation);
}

void Lifecycle::supersede(Generation& generation) {
    for (Extension* const extension : generation.table_->extensions()) extension->deactivate(generation);
    generation.enter_state(State::warm);
}

bool Lifecycle::is_idle(const Generation& generation) const {
    // A visitor may leave requests and operations behind: they are counted after it is known to be gone.
    return !generation.is_entered() && generation.places() == 0 && generation.in_flight() == 0 &&
           generation.table_->operations().count() == 0;
}

bool Lifecycle::wait_until_idle(const Generation& generation, const std::function<bool()>& is_over) const {
    if (!control::kDrains) return true;
    for (Duration pause = kPollInterval; !is_idle(generation); pause = std::min(pause * 2, kPollIntervalMax)) {
        if (is_over()) return false;
        std::this_thread::sleep_for(pause);
    }
    return true;
}

bool Lifecycle::drain(const std::shared_ptr<Generation>& generation, const DrainLimits& limits) {
    const auto& extensions = generation->table_->extensions();
    if (generation->state() == State::active) supersede(*generation);
    generation->enter_state(State::draining);
    if (generation->is_stuck_ || !fence()) return false;  // every loop has seen the new state
    if (generation->was_started_ && generation->library_->plugin().drain != nullptr) {
        // A late answer changes nothing here; a plugin that does not even return is stuck.
        const auto hook = [self = generation.get(), deadline = limits.requests] {
            const Breadcrumb here(self, Activity::drain);
            const auto call = [&](gh_done done, void* context) {
                return self->library_->plugin().drain(self->self_, to_nanoseconds(deadline), done, context);
            };
            return Completion::wait(kDrainHookTimeout, "drain", call);
        };
        static_cast<void>(step(generation, "drain", kDrainHookTimeout + kStepSlack, hook));
        if (generation->is_stuck_) return false;
    }
    const auto requests_over = [&] { return limits.now() || Clock::now() >= limits.requests; };
    if (wait_until_idle(*generation, requests_over)) return true;
    generation->is_closed_.store(true);
    generation->cancel_requests(loops_, false);
    const auto streams_over = [&] { return limits.now() || Clock::now() >= limits.streams; };
    while (!streams_over() && generation->has_streams(loops_)) {
        if (wait_until_idle(*generation, [until = Clock::now() + kStreamLook] { return Clock::now() >= until; })) {
            return true;
        }
    }
    generation->cancel_requests(loops_, true);
    generation->table_->operations().cancel_all();
    for (Extension* const extension : extensions) extension->cancel(*generation);
    return wait_until_idle(*generation, [until = Clock::now() + kCancelTimeout] { return Clock::now() >= until; });
}

void Lifecycle::retire(const std::shared_ptr<Generation>& drained, Duration grace) {
    Generation& generation = *drained;
    if (generation.is_stuck_ || !generation.workers_->stop(Clock::now() + kStopTimeout)) return pin(drained);
    if (generation.self_ != nullptr) {
        static_cast<void>(step(drained, "stop", 2 * kStopTimeout, [self = drained.get()] {
            const gh_plugin& plugin = self->library_->plugin();
            if (self->was_started_ && plugin.stop != nullptr) {
                const Breadcrumb here(self, Activity::stop);
                const auto call = [&](gh_done done, void* context) { return plugin.stop(self->self_, done, context); };
                static_cast<void>(Completion::wait(kStopTimeout, "stop", call));
            }
            self->enter_state(State::stopped);
            const Breadcrumb here(self, Activity::destroy);
            plugin.destroy(self->self_);
            self->self_ = nullptr;
            return std::string();
        }));
        if (generation.is_stuck_) return pin(drained);
    }
    for (Extension* const extension : generation.table_->extensions()) extension->detach(generation);
    generation.enter_state(State::destroyed);
    if (!fence()) return pin(drained);  // no return address inside the plugin is left on any loop's stack
    std::this_thread::sleep_for(grace);
    if (generation.library_->unload()) {
        generation.enter_state(State::unmapped);
    } else {
        pin(drained);
    }
}

// Its threads are still inside, or a callback may yet come: code, table and pool stay for the life of the process.
void Lifecycle::pin(std::shared_ptr<Generation> generation) {
    static auto* const pinned = new Guarded<std::vector<std::shared_ptr<Generation>>>;
    generation->enter_state(State::pinned);
    pinned->with([&](auto& generations) { generations.push_back(std::move(generation)); });
}

bool Lifecycle::fence() const {
    if (!control::kFences) return true;
    const TimePoint deadline = Clock::now() + kFenceTimeout;
    for (IoLoop* const loop : loops_) {
        const auto passed = std::make_shared<std::promise<void>>();
        loop->post([passed] { passed->set_value(); });
        if (passed->get_future().wait_until(deadline) != std::future_status::ready) return false;
    }
    return true;
}

Result<std::vector<PluginHost::Migration>> Lifecycle::migrations(Generation& generation, PluginHost::Migrate what) {
    struct Visit {
        std::vector<PluginHost::Migration> found;
        std::string failure;
        static void add(void* context, int32_t applied, gh_str name) {
            static_cast<Visit*>(context)->found.push_back({applied != 0, std::string(name.ptr, name.len)});
        }
        static void fail(void* context, gh_status, const gh_error* error) {
            if (GH_HAS(error, message))
                static_cast<Visit*>(context)->failure.assign(error->message.ptr, error->message.len);
        }
    } visit;
    const gh_plugin& plugin = generation.library_->plugin();
    const auto* const table = extension_of<gh_migrations>(plugin, generation.self_, GH_EXT_MIGRATIONS);
    if (!GH_HAS(table, up)) return std::move(visit.found);
    // The failure callback gets the same context as the visitor.
    const auto function = what == PluginHost::Migrate::up ? table->up : table->status;
    const gh_status status = function(generation.self_, &Visit::add, &visit, &Visit::fail);
    if (status != GH_OK) return Error{visit.failure.empty() ? "migration failed" : visit.failure};
    return std::move(visit.found);
}

}  // namespace gatehouse::host
