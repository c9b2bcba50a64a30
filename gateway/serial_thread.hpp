#pragma once

#include <condition_variable>
#include <coroutine>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "gateway/base/io_loop.hpp"

namespace gatehouse {

// The one thread on which plugins and configurations are replaced, one after the other. It waits for loops and
// plugins, so that neither the loops nor the main thread have to.
class LifecycleThread final {
public:
    LifecycleThread();
    ~LifecycleThread() { stop(); }
    LifecycleThread(const LifecycleThread&) = delete;
    LifecycleThread& operator=(const LifecycleThread&) = delete;

    // Work that is still queued when it stops is dropped.  [any]
    void post(std::function<void()> work);
    // Waits for the work at hand. It may not begin any more after this.
    void stop();
    bool is_stopping();

    // From a task on a loop: co_await thread.run<T>([] { … return T; }).
    template <class T>
    class Result final {
    public:
        Result(LifecycleThread& thread, std::function<T()> work) : thread_(thread), work_(std::move(work)) {}
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
        LifecycleThread& thread_;
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
