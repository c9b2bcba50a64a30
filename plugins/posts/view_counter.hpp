// Counts views without a write for each: they are added up here and written together, about once a second.
//
// Who looks again within a day is not counted again. Who that is: the user, or for somebody anonymous the address that
// the request came from. This memory is the service's key-value store, so it is shared by all processes where that is
// Redis, and may forget when it is full. What cannot be written is tried again with what comes next, second by second.
// What has not been written when a process is killed is lost.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string_view>
#include <thread>

#include <gatehouse/context.hpp>
#include <gatehouse/storage/database.hpp>

#include "plugins/posts/viewer.hpp"

namespace posts {

class ViewCounter final {
public:
    static constexpr std::chrono::hours kCountedAgainAfter{24};
    static constexpr std::size_t kPostsWaitingMax = 10'000;  // beyond that views of further posts are not counted

    ViewCounter(const gatehouse::Context& context, gatehouse::Database& database);
    ~ViewCounter();  // stops

    void start();
    void stop();  // idempotent; writes what waits

    // [worker]
    void add(std::int64_t post_id, const Viewer& viewer, std::string_view from);
    // Counted, and not yet handed to the database.
    [[nodiscard]] std::int64_t waiting(std::int64_t post_id);

private:
    using Counts = std::map<std::int64_t, std::int64_t>;  // in the order of ids: the order of locks
    void run();
    void write(Counts& counts);           // takes out what is written, also if it throws
    void put_back(const Counts& counts);  // REQUIRES: mutex_ is held

    const gatehouse::Context& context_;
    gatehouse::Database& database_;
    std::mutex mutex_;
    std::condition_variable wake_;
    Counts counts_;          // guarded by mutex_
    bool stopping_ = false;  // guarded by mutex_
    std::thread thread_;
};

}  // namespace posts
