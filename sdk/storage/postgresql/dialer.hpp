// Opens connections, and stops trying for a moment when the server does not answer.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <random>
#include <string>

#include "sdk/storage/postgresql/connection.hpp"

namespace gatehouse::storage::postgresql {

// After a failure the next attempt waits 50 ms, then twice as long each time up to a second (with jitter); calls in
// between fail at once with the last error, so a server that comes back is not met by a storm and callers are not held
// up. Thread-safe.
class Dialer final {
public:
    Dialer(const Location& location, const DatabaseOptions& options) : location_(location), options_(options) {}

    // Throws Unavailable.
    std::unique_ptr<Connection> connect();

private:
    const Location& location_;
    const DatabaseOptions& options_;
    std::mutex mutex_;
    int failures_ = 0;
    std::string last_error_;
    std::chrono::steady_clock::time_point not_before_{};
    std::minstd_rand random_{std::random_device{}()};
};

}  // namespace gatehouse::storage::postgresql
