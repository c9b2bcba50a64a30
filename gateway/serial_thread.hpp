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
    // For work at hand that takes its time: false if it should end, since the thread is about to stop.
    bool wait_for(std::chrono::nanoseconds duration);
    // Waits for the work at hand. It may not begin any more after this.
    void stop();

    // From a task on a loop: co_await thread.run<T>([] { … return T; }).
    template <class T>
    class Result final {
    public:
        Result(SerialThread& thread, std::function<T()> work) : thread_(thread), work_(std::move(work)) {}
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> waiter) {
            IoLoop* const loop = IoLoop::current();
            thread_.post([this, loop, waiter] {
                result_ = work_();
                loop->post([waiter] { waiter.resume(); });
            });
        }
        T await_resume() { return std::move(result_); }

    private:
        SerialThread& thread_;
        std::function<T()> work_;
        T result_{};
    };

private:
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> queue_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace gatehouse
