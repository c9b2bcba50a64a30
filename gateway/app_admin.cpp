// What the admin listener is told about the rest of the process.
#include <coroutine>

#include "gateway/app_parts.hpp"
#include "gateway/config/effective.hpp"

namespace gatehouse {

namespace {

// Has the main thread do something for a task on a loop, which goes on when it is done.
template <class T>
class OnMainThread final {
public:
    OnMainThread(MainThread& main, std::function<T()> work) : main_(main), work_(std::move(work)) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) {
        IoLoop* const loop = IoLoop::current();
        main_.post([this, loop, waiter] {
            result_ = work_();
            loop->post([waiter] { waiter.resume(); });
        });
    }
    T await_resume() { return std::move(result_); }

private:
    MainThread& main_;
    std::function<T()> work_;
    T result_{};
};

Task<admin::ReloadReport> reload_on(MainThread& main, std::function<admin::ReloadReport()> work) {
    OnMainThread<admin::ReloadReport> reload(main, std::move(work));
    co_return co_await reload;
}

}  // namespace

std::vector<std::string> App::Parts::reasons_not_ready() const {
    std::vector<std::string> reasons;
    switch (phase.load()) {
        case Phase::serving: break;
        case Phase::starting: reasons.emplace_back("starting"); break;
        case Phase::draining:
        case Phase::stopped: reasons.emplace_back("draining"); break;
    }
    for (const auto& [name, generation] : generations) {
        if (generation->state() == host::State::active) continue;
        reasons.push_back("plugin " + name + " is " + std::string(host::to_string(generation->state())));
    }
    return reasons;
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

admin::AdminSources App::Parts::admin_sources() {
    metrics.on_scrape([this] {
        for (const auto& [name, generation] : generations) {
            gateway_metrics.set_plugin(name, static_cast<double>(generation->in_flight()),
                                       static_cast<double>(generation->queued()));
        }
        gateway_metrics.set_log_dropped("access", static_cast<double>(access_log.dropped()));
        gateway_metrics.set_log_dropped("gateway", static_cast<double>(logger.dropped()));
    });
    admin::AdminSources sources;
    sources.not_ready = [this] { return reasons_not_ready(); };
    sources.routes = [this] { return snapshot()->table->routes(); };
    sources.plugins = [this] { return plugin_host->status(); };
    sources.upstreams = [this] { return upstream_status(); };
    sources.effective_config = [this] { return config::print_effective(snapshot()->configuration); };
    sources.reload = [this] { return reload_on(*main_thread, [this] { return reload(); }); };
    return sources;
}

}  // namespace gatehouse
