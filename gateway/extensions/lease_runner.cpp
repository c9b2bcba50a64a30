#include "gateway/extensions/lease_runner.hpp"

#include <pthread.h>

#include <algorithm>

namespace gatehouse::extensions {

namespace {
constexpr Duration kReleaseTimeout = 1s;
constexpr Duration kStepMax = 60s;
}  // namespace

LeaseRunner::LeaseRunner(LeaseStore& store)
    : keeper_({.store = &store,
               .now = [] { return Clock::now(); },
               .wake =
                   [this] {
                       const std::scoped_lock lock(mutex_);
                       has_work_ = true;
                       woken_.notify_one();
                   }}),
      thread_(&LeaseRunner::run, this) {}

LeaseRunner::~LeaseRunner() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    woken_.notify_one();
    thread_.join();
}

void LeaseRunner::run() {
    ::pthread_setname_np(::pthread_self(), "gh-lease");
    TimePoint give_up = TimePoint::max();
    for (;;) {
        const TimePoint next = std::min({keeper_.step(), Clock::now() + kStepMax, give_up});
        const bool is_done = keeper_.releasing() == 0;  // the keeper's lock is never taken under this one
        std::unique_lock lock(mutex_);
        if (stopping_ && give_up == TimePoint::max()) {
            give_up = Clock::now() + kReleaseTimeout;  // and one more look
            continue;
        }
        if (stopping_ && (is_done || Clock::now() >= give_up)) return;
        woken_.wait_until(lock, next, [&] { return has_work_ || (stopping_ && give_up == TimePoint::max()); });
        has_work_ = false;
    }
}

}  // namespace gatehouse::extensions
