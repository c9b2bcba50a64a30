#include "gateway/abi_test/world.hpp"

#include <gtest/gtest.h>

#include "gateway/abi_test/snapshot.hpp"

namespace gatehouse::abi_test {
namespace {

constexpr int kNowhere = -1;

TEST(World, AStepLeavesNoThreadOfItsOwnBehind) {
    Findings findings(kNowhere, rule::kCreate);
    GuardedMemory memory(kNowhere);
    World world(findings, memory);
    for (int i = 0; i < 1000; ++i) {
        const Possessions before = Possessions::now();
        world.step(rule::kCreate, "create()", [] {});
        ASSERT_EQ(Possessions::now().more_than(before), "") << "step " << i;
    }
}

}  // namespace
}  // namespace gatehouse::abi_test
