#include "gateway/extensions/circuit.hpp"

#include <gtest/gtest.h>

namespace gatehouse::extensions {
namespace {

class CircuitTest : public ::testing::Test {
protected:
    void fail(int times) {
        for (int i = 0; i < times; ++i) circuit_.failed(now_);
    }
    TimePoint now_{};
    Circuit circuit_{{.failures_to_open = 3, .pause_first = 100ms, .pause_max = 300ms}};
};

TEST_F(CircuitTest, OpensAfterFailuresInARowOnly) {
    fail(2);
    circuit_.succeeded();
    fail(2);
    EXPECT_TRUE(circuit_.admit(now_));
    fail(1);
    EXPECT_FALSE(circuit_.admit(now_));
    EXPECT_TRUE(circuit_.is_open());
}

TEST_F(CircuitTest, LetsOneTryAfterThePause) {
    fail(3);
    now_ += 99ms;
    EXPECT_FALSE(circuit_.admit(now_));
    now_ += 1ms;
    EXPECT_TRUE(circuit_.admit(now_));
    EXPECT_FALSE(circuit_.admit(now_));
    circuit_.succeeded();
    EXPECT_TRUE(circuit_.admit(now_));
    EXPECT_TRUE(circuit_.admit(now_));
}

TEST_F(CircuitTest, DoublesThePauseUpToABound) {
    fail(3);
    for (const Duration pause : {Duration(100ms), Duration(200ms), Duration(300ms), Duration(300ms)}) {
        now_ += pause - 1ms;
        EXPECT_FALSE(circuit_.admit(now_));
        now_ += 1ms;
        ASSERT_TRUE(circuit_.admit(now_));
        circuit_.failed(now_);
    }
}

TEST_F(CircuitTest, StragglersDoNotLengthenThePause) {
    fail(10);
    now_ += 100ms;
    EXPECT_TRUE(circuit_.admit(now_));
}

}  // namespace
}  // namespace gatehouse::extensions
