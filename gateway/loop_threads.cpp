#include "gateway/loop_threads.hpp"

#include <pthread.h>

#include <condition_variable>
#include <latch>
#include <mutex>
#include <string>

namespace gatehouse {

LoopThreads::LoopThreads(std::uint32_t count) {
    for (std::uint32_t index = 0; index < count; ++index) {
        loops_.push_back(std::make_unique<IoLoop>(index));
        pointers_.push_back(loops_.back().get());
    }
}

LoopThreads::~LoopThreads() { stop(); }

void LoopThreads::start() {
    for (IoLoop* loop : pointers_) {
        std::thread& thread = threads_.emplace_back([loop] { loop->run(); });
        ::pthread_setname_np(thread.native_handle(), ("gh-loop-" + std::to_string(loop->index())).c_str());
    }
}

void LoopThreads::stop() {
    for (IoLoop* loop : pointers_) loop->stop();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
}

void LoopThreads::run_on_each(const std::function<void(IoLoop& loop)>& work) {
    std::latch done(static_cast<std::ptrdiff_t>(pointers_.size()));
    for (IoLoop* loop : pointers_) {
        loop->post([&, loop] {
            work(*loop);
            done.count_down();
        });
    }
    done.wait();
}

bool LoopThreads::run_on_each_until(TimePoint deadline, std::function<void(IoLoop& loop)> work) {
    struct Run {
        std::function<void(IoLoop&)> work;
        std::mutex mutex;
        std::condition_variable changed;
        std::size_t left;
    };
    const auto run = std::make_shared<Run>();
    run->work = std::move(work);
    run->left = pointers_.size();
    for (IoLoop* loop : pointers_) {
        loop->post([run, loop] {
            run->work(*loop);
            const std::scoped_lock lock(run->mutex);
            if (--run->left == 0) run->changed.notify_one();
        });
    }
    std::unique_lock lock(run->mutex);
    return run->changed.wait_until(lock, deadline, [&] { return run->left == 0; });
}

}  // namespace gatehouse
