#include "gateway/host/lifecycle.hpp"

#include <gatehouse/ext/call.h>
#include <gatehouse/ext/migrations.h>
#include <gatehouse/ext/openapi.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <string_view>
#include <thread>

#include "gateway/base/guarded.hpp"
#include "gateway/base/io_loop.hpp"
#include "gateway/host/host_table.hpp"
#include "gateway/host/library.hpp"
#include "gateway/host/worker_pool.hpp"

namespace gatehouse::host {

namespace {

constexpr Duration kHealthTimeout = 1s;
constexpr Duration kDrainHookTimeout = 5s;
constexpr Duration kStopTimeout = 10s;
constexpr Duration kFenceTimeout = 5s;
constexpr Duration kCancelTimeout = 5s;  // from cancelling operations to giving up on them
constexpr Duration kPollInterval = 1ms;

// One answer of an asynchronous plugin function. Shared with the callback, which may come after everybody gave up.
class Completion final {
public:
    // Calls function(done, context) and waits. Empty, or why it failed.
    template <class F>
    static std::string wait(Duration timeout, std::string_view what, F&& function) {
        const auto completion = std::make_shared<Completion>();
        auto* const shared = new std::shared_ptr<Completion>(completion);  // owned by the callback
        const gh_status status = function(&Completion::on_done, shared);
        if (status != GH_PENDING) {
            delete shared;
            return status == GH_OK ? std::string()
                                   : std::string(what) + " failed with status " + std::to_string(status);
        }
        return completion->wait_for(timeout, what);
    }

private:
    static void on_done(void* context, gh_status status, const gh_error* error) {
        const std::unique_ptr<std::shared_ptr<Completion>> owner(static_cast<std::shared_ptr<Completion>*>(context));
        Completion& self = **owner;
        std::scoped_lock lock(self.mutex_);
        self.status_ = status;
        if (GH_HAS(error, message)) self.message_.assign(error->message.ptr, error->message.len);
        self.is_done_ = true;
        self.done_.notify_all();
    }

    std::string wait_for(Duration timeout, std::string_view what) {
        std::unique_lock lock(mutex_);
        if (!done_.wait_for(lock, timeout, [this] { return is_done_; }))
            return std::string(what) + " did not finish in time";
        if (status_ == GH_OK) return {};
        return std::string(what) + " failed: " + (message_.empty() ? std::to_string(status_) : message_);
    }

    std::mutex mutex_;
    std::condition_variable done_;
    bool is_done_ = false;
    gh_status status_ = GH_OK;
    std::string message_;
};

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

std::string Lifecycle::create(Generation& generation, const std::string& config_json) {
    const gh_plugin& plugin = generation.library_->plugin();
    HostTable& table = *generation.table_;
    if (std::string why = missing_extension(plugin, table.table()); !why.empty()) return why;
    for (Extension* const extension : table.extensions()) extension->attach(generation);
    table.open_registration();
    const gh_status status = plugin.create(&table.table(), {config_json.data(), config_json.size()}, &generation.self_);
    table.close_registration();
    if (status != GH_OK || !table.failure().empty()) {
        if (status == GH_OK) plugin.destroy(generation.self_);
        generation.self_ = nullptr;
        generation.state_.store(State::failed);
        return table.failure().empty() ? "create failed with status " + std::to_string(status) : table.failure();
    }
    generation.openapi_ = openapi_of(plugin, generation.self_);
    generation.route_in_flight_ = std::make_unique<std::atomic<std::uint32_t>[]>(table.routes().routes().size());
    generation.state_.store(State::created);
    return {};
}

std::string Lifecycle::start(Generation& generation) {
    const gh_plugin& plugin = generation.library_->plugin();
    void* const self = generation.self_;
    if (plugin.start != nullptr) {
        const auto call = [&](gh_done done, void* context) { return plugin.start(self, done, context); };
        if (std::string why = Completion::wait(start_timeout_, "start", call); !why.empty()) return why;
    }
    generation.state_.store(State::started);
    generation.was_started_ = true;
    if (plugin.health != nullptr) {
        // health belongs to a loop; its synchronous answer is passed on from there.
        const auto call = [&](gh_done done, void* context) {
            loops_.front()->post([health = plugin.health, self, done, context] {
                const gh_status status = health(self, done, context);
                if (status != GH_PENDING) done(context, status, nullptr);
            });
            return GH_PENDING;
        };
        if (std::string why = Completion::wait(kHealthTimeout, "health", call); !why.empty()) return why;
    }
    generation.state_.store(State::active);
    for (Extension* const extension : generation.table_->extensions()) extension->activate(generation);
    return {};
}

bool Lifecycle::is_idle(const Generation& generation) const {
    // A visitor may leave requests and operations behind: they are counted after it is known to be gone.
    return !generation.is_entered() && generation.in_flight() == 0 && generation.table_->operations().count() == 0;
}

bool Lifecycle::wait_until_idle(const Generation& generation, TimePoint deadline) const {
    while (!is_idle(generation)) {
        if (Clock::now() >= deadline) return false;
        std::this_thread::sleep_for(kPollInterval);
    }
    return true;
}

bool Lifecycle::drain(Generation& generation, TimePoint deadline) {
    const gh_plugin& plugin = generation.library_->plugin();
    for (Extension* const extension : generation.table_->extensions()) extension->deactivate(generation);
    generation.state_.store(State::draining);
    if (!fence()) return false;  // every loop has seen the new state
    if (generation.was_started_ && plugin.drain != nullptr) {
        const auto call = [&](gh_done done, void* context) {
            return plugin.drain(generation.self_, to_nanoseconds(deadline), done, context);
        };
        static_cast<void>(Completion::wait(kDrainHookTimeout, "drain", call));  // a late answer changes nothing here
    }
    if (wait_until_idle(generation, deadline)) return true;
    generation.table_->operations().cancel_all();
    for (Extension* const extension : generation.table_->extensions()) extension->cancel(generation);
    return wait_until_idle(generation, Clock::now() + kCancelTimeout);
}

void Lifecycle::retire(const std::shared_ptr<Generation>& drained) {
    Generation& generation = *drained;
    const gh_plugin& plugin = generation.library_->plugin();
    if (!generation.workers_->stop(Clock::now() + kStopTimeout)) return pin(drained);
    if (generation.self_ != nullptr) {
        if (generation.was_started_ && plugin.stop != nullptr) {
            const auto call = [&](gh_done done, void* context) { return plugin.stop(generation.self_, done, context); };
            static_cast<void>(Completion::wait(kStopTimeout, "stop", call));
        }
        generation.state_.store(State::stopped);
        plugin.destroy(generation.self_);
        generation.self_ = nullptr;
    }
    for (Extension* const extension : generation.table_->extensions()) extension->detach(generation);
    generation.state_.store(State::destroyed);
    if (!fence()) return pin(drained);  // no return address inside the plugin is left on any loop's stack
    generation.state_.store(generation.library_->unload() ? State::unmapped : State::pinned);
}

// Its threads are still inside, or a callback may yet come: code, table and pool stay for the life of the process.
void Lifecycle::pin(std::shared_ptr<Generation> generation) {
    static auto* const pinned = new Guarded<std::vector<std::shared_ptr<Generation>>>;
    generation->state_.store(State::pinned);
    pinned->with([&](auto& generations) { generations.push_back(std::move(generation)); });
}

bool Lifecycle::fence() const {
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
