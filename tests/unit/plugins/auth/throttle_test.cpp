#include "plugins/auth/throttle.hpp"

#include <gtest/gtest.h>

namespace auth {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

class ThrottleTest : public ::testing::Test {
protected:
    void fail(int times, const std::string& account = "ann", const std::string& address = "192.0.2.1") {
        for (int i = 0; i < times; ++i) throttle.failed(account, address, now);
    }
    milliseconds wait(const std::string& account = "ann", const std::string& address = "192.0.2.1") const {
        return throttle.wait(account, address, now);
    }

    milliseconds now = 1h;
    Throttle throttle{{}};
};

TEST_F(ThrottleTest, FourFailuresAreFreeAndTheFifthCosts) {
    fail(4);
    EXPECT_EQ(wait(), 0ms);
    fail(1);
    EXPECT_EQ(wait(), 1s);
    now += 999ms;
    EXPECT_EQ(wait(), 1ms);
    now += 1ms;
    EXPECT_EQ(wait(), 0ms);
}

TEST_F(ThrottleTest, EveryFurtherFailureDoublesTheDelayUpToTheLongest) {
    fail(5);
    milliseconds expected = 1s;
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(wait(), std::min<milliseconds>(expected, 15min));
        now += wait();
        fail(1);
        expected *= 2;
    }
}

TEST_F(ThrottleTest, TheOwnerGetsInFromACleanSource) {
    fail(30);
    EXPECT_GT(wait(), 0ms);
    EXPECT_EQ(wait("ann", "192.0.2.99"), 0ms);
    fail(1, "other", "192.0.2.99");
    EXPECT_GT(wait("ann", "192.0.2.99"), 0ms) << "no longer clean";
    EXPECT_GT(wait("ann", ""), 0ms) << "an unknown source is not clean";
}

TEST_F(ThrottleTest, SuccessForgivesTheAccountButNotTheSource) {
    fail(50);
    throttle.succeeded("ann");
    EXPECT_GT(wait("ann"), 0ms);
    EXPECT_EQ(wait("ann", "192.0.2.99"), 0ms);
    fail(5, "bob", "192.0.2.98");
    throttle.succeeded("bob");
    EXPECT_EQ(wait("bob", "192.0.2.98"), 0ms);
}

TEST_F(ThrottleTest, ASourceThatTriesManyAccountsIsSlowedDownToo) {
    for (int i = 0; i < 50; ++i) fail(1, "user" + std::to_string(i));
    EXPECT_GT(wait("somebody-else"), 0ms);
    EXPECT_LE(wait("somebody-else"), 1min);
    EXPECT_EQ(wait("somebody-else", "192.0.2.2"), 0ms);
}

TEST_F(ThrottleTest, OneNetworkIsOneSourceInIpv6) {
    EXPECT_EQ(source_of("2001:db8:1:2:3:4:5:6"), source_of("2001:db8:1:2::1"));
    EXPECT_NE(source_of("2001:db8:1:2::1"), source_of("2001:db8:1:3::1"));
    EXPECT_NE(source_of("::ffff:192.0.2.1"), source_of("::ffff:192.0.2.2"));
    EXPECT_EQ(source_of("192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(source_of(""), "");
    EXPECT_EQ(source_of("junk:::"), "junk:::");
}

TEST_F(ThrottleTest, FailuresAreForgottenInTime) {
    fail(20);
    now += 31min;
    EXPECT_EQ(wait(), 0ms);
    fail(1);
    EXPECT_EQ(wait(), 0ms) << "it counts anew";
}

TEST(FailureTableTest, MemoryIsBoundedAndTheOldestGoesFirst) {
    FailureTable table({.free_failures = 1, .subjects_max = 100});
    for (int i = 0; i < 1'000; ++i) table.failed(std::to_string(i), milliseconds(i));
    EXPECT_LE(table.size(), 100u);
    EXPECT_TRUE(table.has_failed("999", 1s));
    EXPECT_FALSE(table.has_failed("0", 1s));
}

TEST(FailureTableTest, ZeroSwitchesItOff) {
    FailureTable table({.free_failures = 0});
    for (int i = 0; i < 100; ++i) table.failed("ann", 0ms);
    EXPECT_EQ(table.wait("ann", 0ms), 0ms);
    EXPECT_EQ(table.size(), 0u);
}

}  // namespace
}  // namespace auth
