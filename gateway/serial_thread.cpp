#include "gateway/serial_thread.hpp"

#include <pthread.h>

namespace gatehouse {

SerialThread::SerialThread(const char* name) : thread_([this] { run(); }) {
    ::pthread_setname_np(thread_.native_handle(), name);
}

void SerialThread::post(std::function<void()> work) {
    {
        std::scoped_lock lock(mutex_);
        queue_.push_back(std::move(work));
    }
    changed_.notify_one();
}

void SerialThread::post_urgent(std::function<void()> work) {
    {
        std::scoped_lock lock(mutex_);
        urgent_.push_back(std::move(work));
    }
    changed_.notify_one();
}

std::function<void()> SerialThread::take() {
    auto& queue = urgent_.empty() ? queue_ : urgent_;
    std::function<void()> work = std::move(queue.front());
    queue.pop_front();
    return work;
}

void SerialThread::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return stopping_ || !queue_.empty() || !urgent_.empty(); });
        if (stopping_) return;
        const std::function<void()> work = take();
        lock.unlock();
        work();
        lock.lock();
    }
}

bool SerialThread::wait_for(std::chrono::nanoseconds duration) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, duration, [this] { return stopping_ || !urgent_.empty(); });
    if (stopping_) return false;
    while (!urgent_.empty() && !stopping_) {
        const std::function<void()> work = take();
        lock.unlock();
        work();
        lock.lock();
    }
    return !stopping_;
}

void SerialThread::stop() {
    {
        std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
}

}  // namespace gatehouse
