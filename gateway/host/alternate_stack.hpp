#pragma once

#include <atomic>
#include <cstddef>

namespace gatehouse::host {

// A stack of its own for the calling thread's signal handlers, so that a crash can be told even when the thread's stack
// has overflowed. Does nothing unless crash reports are on. Made and destroyed on the same thread.
class AlternateStack final {
public:
    AlternateStack();
    ~AlternateStack();
    AlternateStack(const AlternateStack&) = delete;
    AlternateStack& operator=(const AlternateStack&) = delete;

    // From now on threads get one.
    static void turn_on() { is_on_.store(true, std::memory_order_relaxed); }

private:
    static std::atomic<bool> is_on_;
    void* memory_ = nullptr;
};

}  // namespace gatehouse::host
