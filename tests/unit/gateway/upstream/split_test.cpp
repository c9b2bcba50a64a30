#include "gateway/upstream/split.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace gatehouse::upstream {
namespace {

std::string turns(const Split& split, std::uint32_t loop, int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += split.takes_first(loop) ? 'a' : 'b';
    return text;
}

TEST(SplitTest, GivesEverythingToTheFirstUnlessToldOtherwise) { EXPECT_EQ(turns(Split(), 0, 5), "aaaaa"); }

TEST(SplitTest, NeverGivesATurnToAWeightOfZero) {
    EXPECT_EQ(turns(Split(0, 3), 0, 5), "bbbbb");
    EXPECT_EQ(turns(Split(3, 0), 0, 5), "aaaaa");
}

TEST(SplitTest, TakesTurnsRatherThanRunsOfOneHome) {
    EXPECT_EQ(turns(Split(1, 1), 0, 6), "ababab");
    EXPECT_EQ(turns(Split(2, 1), 0, 6), "abaaba");
    const std::string ten = turns(Split(90, 10), 0, 20);
    EXPECT_EQ(std::count(ten.begin(), ten.end(), 'b'), 2);
    EXPECT_EQ(ten.find("bb"), std::string::npos);
}

TEST(SplitTest, KeepsTheSharesExactlyOverTime) {
    const Split split(333, 667);
    const std::string many = turns(split, 3, 10'000);
    EXPECT_EQ(std::count(many.begin(), many.end(), 'a'), 3330);
}

TEST(SplitTest, CountsForEachLoopAlone) {
    const Split split(1, 1);
    EXPECT_EQ(turns(split, 0, 1), "a");
    EXPECT_EQ(turns(split, 1, 1), "a");
    EXPECT_EQ(turns(split, 0, 1), "b");
}

}  // namespace
}  // namespace gatehouse::upstream
