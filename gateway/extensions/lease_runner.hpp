#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "gateway/extensions/lease_keeper.hpp"

namespace gatehouse::extensions {

// A LeaseKeeper with the thread that steps it.
class LeaseRunner final {
public:
    explicit LeaseRunner(LeaseStore& store);
    // Waits a moment for releases to reach the store, so that the next holder need not wait for the time to live.
    ~LeaseRunner();
    LeaseRunner(const LeaseRunner&) = delete;
    LeaseRunner& operator=(const LeaseRunner&) = delete;

    LeaseKeeper& keeper() { return keeper_; }

private:
    void run();

    std::mutex mutex_;
    std::condition_variable woken_;
    bool has_work_ = false;
    bool stopping_ = false;
    LeaseKeeper keeper_;
    std::thread thread_;
};

}  // namespace gatehouse::extensions
