#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "gateway/abi_test/findings.hpp"
#include "gateway/abi_test/guarded_memory.hpp"

namespace gatehouse::abi_test {

using namespace std::chrono_literals;

// Patience with a plugin, in real time. A rule that runs into one of these has found a fault.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr std::chrono::seconds kAnswerTimeout{20}, kHookTimeout{30};
#else
inline constexpr std::chrono::seconds kAnswerTimeout{5}, kHookTimeout{10};
#endif

// A thread of the fake host's: an event loop, or a worker.
class Thread final {
public:
    explicit Thread(std::string name);
    ~Thread();
    Thread(const Thread&) = delete;
    Thread& operator=(const Thread&) = delete;

    void post(std::function<void()> task);  // [any]
    bool is_current() const { return std::this_thread::get_id() == thread_.get_id(); }
    bool is_busy() const;
    const std::string& name() const { return name_; }

private:
    void run();

    std::string name_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> tasks_;
    bool is_running_task_ = false, stopping_ = false;
    std::thread thread_;
};

// What generations share: two loops, four workers, guarded memory, and a clock that leaps over idle time, so that a
// plugin's half-second timer costs no half second.
class World final {
public:
    static constexpr std::size_t kLoops = 2, kWorkers = 4;

    World(Findings& findings, GuardedMemory& memory);
    ~World();

    Findings& findings() { return findings_; }
    GuardedMemory& memory() { return memory_; }
    Thread& loop(std::size_t index) { return *loops_[index]; }
    Thread* loop_here() const;
    void run_on_worker(std::function<void()> task);

    std::uint64_t now_ns() const;
    // done(id) once on that loop when the time has come: really, or by a leap while somebody waits for the plugin.
    void add_timer(Thread& loop, std::uint64_t due_ns, std::uint64_t id, std::function<void()> fire);
    bool remove_timer(std::uint64_t id);

    // Waits until is_true(), looked at often and after every notify(). False after the timeout.
    bool wait_until(std::chrono::milliseconds timeout, const std::function<bool()>& is_true);
    void notify();
    // Nothing is queued or running on any loop or worker, and timers are not looked at.
    bool is_quiet() const;
    // Runs one step of a lifecycle on a thread that ends with it, as the real host does, and is gone afterwards;
    // gives up when it hangs.
    void step(std::string_view rule, const char* what, const std::function<void()>& work);
    // Every loop and worker runs it once.
    void on_every_thread(const std::function<void()>& work);

private:
    struct Timer {
        std::uint64_t id, due_ns;
        Thread* loop;
        std::function<void()> fire;
    };
    void run_timers();

    Findings& findings_;
    GuardedMemory& memory_;
    std::vector<std::unique_ptr<Thread>> loops_, workers_;
    std::mutex worker_mutex_;
    std::deque<std::function<void()>> worker_tasks_;
    std::atomic<std::size_t> worker_turn_{0}, busy_workers_{0};
    std::atomic<std::uint64_t> leapt_ns_{0};
    std::atomic<int> waiting_{0};
    std::mutex mutex_;
    std::condition_variable changed_, timer_change_;
    std::list<Timer> timers_;
    bool stopping_ = false;
    std::thread timer_thread_;
};

}  // namespace gatehouse::abi_test
