#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace gatehouse::host {

// The threads on which one plugin's blocking handlers run: its bulkhead. A slow service fills its own queue and is
// answered with 503; nobody else waits for it.
class WorkerPool final {
public:
    // A plain function with three words, so that queueing a request allocates nothing.
    struct Job {
        void (*run)(void* first, void* second, void* third) = nullptr;
        void* first = nullptr;
        void* second = nullptr;
        void* third = nullptr;
    };

    // name: of the threads, for debuggers ("gh-posts").
    WorkerPool(std::string name, std::size_t threads, std::size_t queue_max);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    // False when the queue is full or the pool is stopping: then the job never runs.  [any]
    [[nodiscard]] bool try_submit(const Job& job);

    // Runs what is queued, then ends the threads. False if some job was still running at the deadline; those threads
    // are left alone and the pool must never be destroyed.
    [[nodiscard]] bool stop(std::chrono::steady_clock::time_point deadline);

    std::size_t queued() const { return queued_.load(std::memory_order_relaxed); }
    std::size_t thread_count() const { return threads_.size(); }

private:
    void run_worker();

    std::string name_;
    mutable std::mutex mutex_;
    std::condition_variable work_available_;
    std::condition_variable thread_ended_;
    std::vector<Job> ring_;
    std::size_t head_ = 0, size_ = 0, idle_ = 0, running_threads_ = 0;
    bool stopping_ = false;
    std::atomic<std::size_t> queued_{0};
    std::vector<std::thread> threads_;
};

}  // namespace gatehouse::host
