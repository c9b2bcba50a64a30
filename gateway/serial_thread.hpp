#pragma once

#include <chrono>
#include <condition_variable>
#include <coroutine>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "gateway/base/io_loop.hpp"

namespace gatehouse {

// A thread that does what it is given, one after the other, and may wait for loops and plugins meanwhile: replacing
// plugins and configurations, operators' commands.
class SerialThread final {
public:
    explicit SerialThread(const char* name);
    ~SerialThread() { stop(); }
    SerialThread(const SerialThread&) = delete;
    SerialThread& operator=(const SerialThread&) = delete;

    // Work that is still queued when it stops is dropped.  [any]
    void post(std::function<void()> work);
    // Goes before what is queued, and runs within wait_for() of the work at hand.  [any]
    void post_urgent(std::function<void()> work);
    // For work at hand that takes its time: false if it should end, since the thread is about to stop. Returns early
    // when something urgent was done meanwhile.
    bool wait_for(std::chrono::nanoseconds duration);
    // Waits for the work at hand. It may not begin any more after this.
    void stop();

    // From a task on a loop: co_await thread.run<T>([] { … return T; }).
    template <class T>
    class Result final {
    public:
        Result(SerialThread& thread, std::function<T()> work, bool is_urgent = false)
            : thread_(thread), work_(std::move(work)), is_urgent_(is_urgent) {}
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> waiter) {
            IoLoop* const loop = IoLoop::current();
            auto work = [this, loop, waiter] {
                result_ = work_();
                loop->post([waiter] { waiter.resume(); });
            };
            is_urgent_ ? thread_.post_urgent(std::move(work)) : thread_.post(std::move(work));
        }
        T await_resume() { return std::move(result_); }

    private:
        SerialThread& thread_;
        std::function<T()> work_;
        bool is_urgent_;
        T result_{};
    };

private:
    void run();
    std::function<void()> take();  // REQUIRES: locked, something is there

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> queue_, urgent_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace gatehouse
