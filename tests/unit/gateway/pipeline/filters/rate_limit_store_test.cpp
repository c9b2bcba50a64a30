#include "gateway/pipeline/filters/rate_limit_store.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <thread>

namespace gatehouse::pipeline {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

Hash128 key_of(std::uint64_t number) { return KeyedHash::of({1, 2}, std::to_string(number)); }

// The same rule as a leaking bucket that is written down plainly: `level` requests are in it and leak out evenly.
class LeakyBucket {
public:
    LeakyBucket(std::int64_t interval, std::uint64_t burst) : interval_(interval), burst_(burst) {}
    bool take(std::int64_t now) {
        owed_ = std::max<std::int64_t>(0, owed_ - (now - then_));
        then_ = now;
        if (owed_ + interval_ > interval_ * static_cast<std::int64_t>(burst_)) return false;
        owed_ += interval_;
        return true;
    }
    std::uint64_t remaining() const { return burst_ - static_cast<std::uint64_t>((owed_ + interval_ - 1) / interval_); }

private:
    std::int64_t interval_;
    std::uint64_t burst_;
    std::int64_t owed_ = 0, then_ = 0;
};

TEST(Gcra, BehavesAsALeakyBucket) {
    std::mt19937_64 random(11);
    for (int round = 0; round < 200; ++round) {
        const std::uint64_t limit = 1 + random() % 50;
        const std::uint64_t burst = 1 + random() % 20;
        const Gcra gcra = Gcra::per(limit, std::chrono::seconds(1 + random() % 60), burst);
        LeakyBucket model(gcra.interval_ns, burst);
        std::int64_t tat = 0;
        std::int64_t now = kSecond;
        for (int i = 0; i < 300; ++i) {
            now += static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(gcra.interval_ns * 2));
            const RateDecision decision = take(gcra, tat, now);
            ASSERT_EQ(decision.allowed, model.take(now));
            ASSERT_EQ(decision.remaining, model.remaining());
        }
    }
}

TEST(Gcra, LetsThroughWhenRetryHasPassed) {
    const Gcra gcra = Gcra::per(10, 1s, 3);
    std::int64_t tat = 0;
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(take(gcra, tat, kSecond).allowed);
    const RateDecision refused = take(gcra, tat, kSecond);
    EXPECT_FALSE(refused.allowed);
    EXPECT_EQ(refused.remaining, 0u);
    EXPECT_EQ(refused.retry_ns, kSecond / 10);
    EXPECT_EQ(refused.reset_ns, kSecond * 3 / 10);
    EXPECT_FALSE(take(gcra, tat, kSecond + refused.retry_ns - 1).allowed);
    EXPECT_TRUE(take(gcra, tat, kSecond + refused.retry_ns).allowed);
}

TEST(Gcra, AdmitsTheLimitAndNoMoreOverAMinute) {
    const Gcra gcra = Gcra::per(600, 60s, 100);
    std::int64_t tat = 0;
    int admitted = 0;
    for (std::int64_t i = 0; i < 6000; ++i) admitted += take(gcra, tat, kSecond + i * kSecond / 100).allowed ? 1 : 0;
    EXPECT_NEAR(admitted, 700, 1);
}

TEST(Gcra, KeepsExtremeLimitsInRange) {
    for (const auto& gcra :
         {Gcra::per(1, std::chrono::hours(24), 1'000'000'000'000), Gcra::per(1'000'000'000'000, 1s, 0)}) {
        std::int64_t tat = 0;
        const RateDecision decision = take(gcra, tat, kSecond);
        EXPECT_TRUE(decision.allowed);
        EXPECT_GT(tat, 0);
        EXPECT_EQ(decision.remaining, gcra.burst - 1);
    }
}

TEST(Gcra, ForgivesWhatASmallerLimitAfterAReloadWouldNotHaveLent) {
    const Gcra before = Gcra::per(1, 3600s, 100), after = Gcra::per(10, 1s, 10);
    std::int64_t tat = 0;
    for (int i = 0; i < 100; ++i) take(before, tat, kSecond);
    EXPECT_FALSE(take(after, tat, kSecond).allowed);
    EXPECT_TRUE(take(after, tat, kSecond + kSecond / 10).allowed);
}

TEST(RateLimitStore, KeepsKeysApart) {
    RateLimitStore store({});
    const Gcra one = Gcra::per(1, 60s, 1);
    const TimePoint now = Clock::now();
    EXPECT_TRUE(store.take(key_of(1), one, now).allowed);
    EXPECT_FALSE(store.take(key_of(1), one, now).allowed);
    EXPECT_TRUE(store.take(key_of(2), one, now).allowed);
}

TEST(RateLimitStore, GivesBackWhatAnotherLimitRefused) {
    RateLimitStore store({});
    const Gcra two = Gcra::per(2, 60s, 2);
    const TimePoint now = Clock::now();
    store.take(key_of(1), two, now);
    store.give_back(key_of(1), two, now);
    EXPECT_EQ(store.take(key_of(1), two, now).remaining, 1u);
}

TEST(RateLimitStore, StaysBoundedUnderAFloodOfKeysAndRemembersWhoIsLimited) {
    RateLimitStore store({.shards = 4, .sets_per_shard = 16});
    const Gcra limit = Gcra::per(10, 60s, 10);
    const TimePoint now = Clock::now();
    for (int i = 0; i < 11; ++i) store.take(key_of(0), limit, now);
    for (std::uint64_t i = 1; i < 100'000; ++i) store.take(key_of(i), limit, now);
    EXPECT_EQ(store.capacity(), 512u);
    EXPECT_LE(store.occupied(), store.capacity());
    EXPECT_FALSE(store.take(key_of(0), limit, now).allowed);
}

TEST(RateLimitStore, AdmitsExactlyTheBurstOverManyThreads) {
    RateLimitStore store({});
    const Gcra limit = Gcra::per(1, 3600s, 500);
    const TimePoint now = Clock::now();
    std::atomic<int> admitted{0};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&] {
            for (int i = 0; i < 1000; ++i) admitted += store.take(key_of(7), limit, now).allowed ? 1 : 0;
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(admitted, 500);
}

}  // namespace
}  // namespace gatehouse::pipeline
