#include "gateway/host/worker_pool.hpp"

#include <gtest/gtest.h>

#include <future>

namespace gatehouse::host {
namespace {

using namespace std::chrono_literals;

void add_one(void* counter, void*, void*) { static_cast<std::atomic<int>*>(counter)->fetch_add(1); }
void wait_for(void* gate, void*, void*) { static_cast<std::shared_future<void>*>(gate)->wait(); }

TEST(WorkerPoolTest, RunsEveryJobItAccepted) {
    std::atomic<int> counter{0};
    int accepted = 0;
    {
        WorkerPool pool("test", 3, 64);
        for (int i = 0; i < 10'000; ++i) accepted += pool.try_submit({&add_one, &counter, nullptr, nullptr}) ? 1 : 0;
    }
    EXPECT_EQ(counter.load(), accepted);
    EXPECT_GT(accepted, 0);
}

TEST(WorkerPoolTest, RefusesWhenTheQueueIsFull) {
    std::promise<void> release;
    std::shared_future<void> gate = release.get_future().share();
    std::atomic<int> counter{0};
    WorkerPool pool("test", 1, 2);
    ASSERT_TRUE(pool.try_submit({&wait_for, &gate, nullptr, nullptr}));
    while (pool.queued() != 0) std::this_thread::yield();
    EXPECT_TRUE(pool.try_submit({&add_one, &counter, nullptr, nullptr}));
    EXPECT_TRUE(pool.try_submit({&add_one, &counter, nullptr, nullptr}));
    EXPECT_FALSE(pool.try_submit({&add_one, &counter, nullptr, nullptr}));
    release.set_value();
    EXPECT_TRUE(pool.stop(std::chrono::steady_clock::now() + 10s));
    EXPECT_EQ(counter.load(), 2);
    EXPECT_FALSE(pool.try_submit({&add_one, &counter, nullptr, nullptr}));
}

TEST(WorkerPoolTest, SaysSoWhenAJobNeverEnds) {
    std::promise<void> release;
    std::shared_future<void> gate = release.get_future().share();
    WorkerPool pool("test", 1, 2);
    ASSERT_TRUE(pool.try_submit({&wait_for, &gate, nullptr, nullptr}));
    EXPECT_FALSE(pool.stop(std::chrono::steady_clock::now()));
    release.set_value();
    EXPECT_TRUE(pool.stop(std::chrono::steady_clock::now() + 10s));
}

}  // namespace
}  // namespace gatehouse::host
