#include "gateway/supervise/restart_policy.hpp"

#include <gtest/gtest.h>

namespace gatehouse::supervise {
namespace {

TEST(RestartPolicyTest, TheFirstRestartIsAtOnceAndLaterOnesWaitLongerAndLonger) {
    RestartPolicy policy;
    EXPECT_EQ(policy.after_end(1s), Duration::zero());
    EXPECT_EQ(policy.after_end(1s), 100ms);
    EXPECT_EQ(policy.after_end(0s), 200ms);
    EXPECT_EQ(policy.after_end(0s), 400ms);
    for (int i = 0; i < 100; ++i) policy.after_end(0s);
    EXPECT_EQ(policy.after_end(0s), 10s);
}

TEST(RestartPolicyTest, AMinuteOfServiceMakesACleanRecord) {
    RestartPolicy policy;
    for (int i = 0; i < 5; ++i) policy.after_end(59s);
    EXPECT_EQ(policy.after_end(60s), Duration::zero());
    EXPECT_EQ(policy.after_end(1s), 100ms);
}

}  // namespace
}  // namespace gatehouse::supervise
