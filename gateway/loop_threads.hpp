#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "gateway/base/io_loop.hpp"

namespace gatehouse {

// The event loops, each with its thread.
class LoopThreads final {
public:
    explicit LoopThreads(std::uint32_t count);
    ~LoopThreads();  // stops them
    LoopThreads(const LoopThreads&) = delete;
    LoopThreads& operator=(const LoopThreads&) = delete;

    void start();
    void stop();
    const std::vector<IoLoop*>& loops() const { return pointers_; }
    // Runs work(loop) on every loop and returns when all have run it.  REQUIRES: started; not called on a loop.
    void run_on_each(const std::function<void(IoLoop& loop)>& work);
    // The same, but goes on at the deadline: a loop that something blocks runs it when it is back. False then.
    bool run_on_each_until(TimePoint deadline, std::function<void(IoLoop& loop)> work);

private:
    std::vector<std::unique_ptr<IoLoop>> loops_;
    std::vector<IoLoop*> pointers_;
    std::vector<std::thread> threads_;
};

}  // namespace gatehouse
