#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <optional>
#include <vector>

#include "gateway/base/guarded.hpp"

namespace gatehouse {

// What the main thread waits for: signals, and work that other threads ask it to do. One per process at a time.
//
//   handler, any thread --one octet--> pipe --> wait() on the main thread
class MainThread final {
public:
    // Takes SIGTERM, SIGINT and SIGHUP over; gives them back on destruction.
    MainThread();
    ~MainThread();
    MainThread(const MainThread&) = delete;
    MainThread& operator=(const MainThread&) = delete;

    // The next signal. Runs posted work meanwhile. Empty when it is time to look at something else: woken by wake(), or
    // the deadline has passed.
    std::optional<int> wait(std::chrono::steady_clock::time_point deadline);

    void post(std::function<void()> work);  // [any]
    void wake();                            // [any]

private:
    void run_posted();

    std::array<int, 2> pipe_{-1, -1};
    Guarded<std::vector<std::function<void()>>> posted_;
};

}  // namespace gatehouse
