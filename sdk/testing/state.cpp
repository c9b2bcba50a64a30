#include "sdk/testing/state.hpp"

#include <algorithm>
#include <chrono>

#include "sdk/testing/exchange.hpp"

namespace gatehouse::testing {

namespace {

// How long a real thread may take to answer before the test is told that nobody will.
constexpr std::chrono::seconds kPatience{10};
constexpr std::int64_t kFirstWallMs = 1'767'225'600'000;  // 2026-01-01T00:00:00Z

// Completion of a hook; the plugin must call it exactly once after GH_PENDING and never before it returned.
struct Completion {
    std::atomic<int> calls{0};
    std::atomic<gh_status> status{GH_OK};
};

void on_completion(void* context, gh_status status, const gh_error*) {
    auto& completion = *static_cast<Completion*>(context);
    completion.status = status;
    ++completion.calls;
}

}  // namespace

TestHost::State::State(const gh_plugin* its_plugin) : loop{this}, plugin(its_plugin) {
    wall_offset_ms = kFirstWallMs - static_cast<std::int64_t>(now_ns.load() / 1'000'000);
    fill_host_table(*this);
}

void TestHost::State::violate(std::string rule) {
    const std::scoped_lock lock(mutex);
    violations.push_back(std::move(rule));
}

void TestHost::State::run_on_loop(const std::function<void()>& work) {
    if (is_on_loop()) return work();
    const std::scoped_lock lock(loop_mutex);
    loop_thread = std::this_thread::get_id();
    work();
    loop_thread = std::thread::id();
}

void TestHost::State::queue(bool on_loop, std::function<void()> run) {
    {
        const std::scoped_lock lock(mutex);
        tasks.push_back({on_loop, std::move(run)});
    }
    changed.notify_all();
}

bool TestHost::State::run_one() {
    Task task;
    {
        const std::scoped_lock lock(mutex);
        if (tasks.empty()) return false;
        task = std::move(tasks.front());
        tasks.pop_front();
    }
    if (task.on_loop) {
        run_on_loop(task.run);
    } else {
        task.run();
    }
    return true;
}

bool TestHost::State::fire_next_timer(std::uint64_t until_ns) {
    Timer timer;
    {
        const std::scoped_lock lock(mutex);
        const auto next = std::min_element(timers.begin(), timers.end(),
                                           [](const Timer& a, const Timer& b) { return a.due_ns < b.due_ns; });
        if (next == timers.end() || next->due_ns > until_ns) return false;
        timer = *next;
        timers.erase(next);
        now_ns = std::max(now_ns.load(), timer.due_ns);
    }
    run_on_loop([&] { timer.done(timer.context, GH_OK, nullptr); });
    return true;
}

void TestHost::State::cancel_timers() {
    std::list<Timer> all;
    {
        const std::scoped_lock lock(mutex);
        all.swap(timers);
    }
    for (const Timer& timer : all) run_on_loop([&] { timer.done(timer.context, GH_E_CANCELED, nullptr); });
}

bool TestHost::State::pump_until(const std::function<bool()>& done) {
    const auto give_up = std::chrono::steady_clock::now() + kPatience;
    while (!done()) {
        if (run_one() || fire_next_timer(UINT64_MAX)) continue;
        std::unique_lock lock(mutex);
        const auto poll = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
        changed.wait_until(lock, poll, [&] { return !tasks.empty(); });
        if (std::chrono::steady_clock::now() > give_up) return false;
    }
    return true;
}

gh_status TestHost::State::run_hook(const char* name, const std::function<gh_status(gh_done, void*)>& begin) {
    Completion completion;
    const gh_status status = begin(&on_completion, &completion);
    if (completion.calls > 0) violate(std::string(name) + "() called back before it returned");
    if (status != GH_PENDING) return status;
    if (!pump_until([&] { return completion.calls > 0; })) {
        violate(std::string(name) + "() said GH_PENDING and never called back");
        return GH_E_TIMEOUT;
    }
    if (completion.calls > 1) violate(std::string(name) + "() called back more than once");
    return completion.status;
}

}  // namespace gatehouse::testing
