#pragma once

#include <mutex>
#include <utility>

namespace gatehouse {

// A mutex owns its data: no touching it without the lock, no holding the lock across co_await.
template <class T>
class Guarded final {
public:
    Guarded() = default;
    explicit Guarded(T value) : value_(std::move(value)) {}

    template <class F>
    auto with(F&& use) {
        std::scoped_lock lock(mutex_);
        return std::forward<F>(use)(value_);
    }

private:
    std::mutex mutex_;
    T value_;
};

}  // namespace gatehouse
