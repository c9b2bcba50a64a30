#include "gateway/host/worker_pool.hpp"

#include <pthread.h>

namespace gatehouse::host {

WorkerPool::WorkerPool(std::string name, std::size_t threads, std::size_t queue_max)
    : name_(std::move(name)), ring_(queue_max), running_threads_(threads) {
    threads_.reserve(threads);
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back(&WorkerPool::run_worker, this);
}

WorkerPool::~WorkerPool() { static_cast<void>(stop(std::chrono::steady_clock::time_point::max())); }

bool WorkerPool::try_submit(const Job& job) {
    bool wake = false;
    {
        std::scoped_lock lock(mutex_);
        if (stopping_ || size_ == ring_.size()) return false;
        ring_[(head_ + size_) % ring_.size()] = job;
        queued_.store(++size_, std::memory_order_relaxed);
        wake = idle_ > 0;
    }
    if (wake) work_available_.notify_one();
    return true;
}

void WorkerPool::run_worker() {
    ::pthread_setname_np(::pthread_self(), name_.substr(0, 15).c_str());
    std::unique_lock lock(mutex_);
    for (;;) {
        ++idle_;
        work_available_.wait(lock, [this] { return size_ > 0 || stopping_; });
        --idle_;
        if (size_ == 0) break;
        const Job job = ring_[head_];
        head_ = (head_ + 1) % ring_.size();
        queued_.store(--size_, std::memory_order_relaxed);
        lock.unlock();
        job.run(job.first, job.second, job.third);
        lock.lock();
    }
    --running_threads_;
    thread_ended_.notify_all();
}

bool WorkerPool::stop(std::chrono::steady_clock::time_point deadline) {
    {
        std::unique_lock lock(mutex_);
        stopping_ = true;
        work_available_.notify_all();
        const auto all_ended = [this] { return running_threads_ == 0; };
        if (deadline == std::chrono::steady_clock::time_point::max()) {
            thread_ended_.wait(lock, all_ended);
        } else if (!thread_ended_.wait_until(lock, deadline, all_ended)) {
            return false;
        }
    }
    for (std::thread& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
    return true;
}

}  // namespace gatehouse::host
