#include "gateway/supervise/crash_history.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace gatehouse::supervise {
namespace {

TEST(CrashHistoryTest, ReadsLines) {
    EXPECT_EQ(parse_crashes("100 posts 1.0.0 abc\n200 users 2.1 def\n"),
              (std::vector<Crash>{{100, "posts", "1.0.0", "abc"}, {200, "users", "2.1", "def"}}));
}

TEST(CrashHistoryTest, PassesOverWhatMakesNoSense) {
    for (const char* text :
         {"", "\n", "x posts 1 a\n", "1 posts 1\n", "1 posts 1 a b\n", "1x posts 1 a\n", "1 posts 1 a"}) {
        EXPECT_TRUE(parse_crashes(text).empty()) << text;
    }
    EXPECT_EQ(parse_crashes("garbage\n5 posts 1 a\n6 po").size(), 1u);
}

TEST(CrashHistoryTest, AFileThatIsNotThereIsNoCrash) { EXPECT_TRUE(read_crashes("/no/such/file").empty()); }

TEST(CrashHistoryTest, OfALargeFileTheEndCounts) {
    const auto path = std::filesystem::temp_directory_path() / ("gatehouse-crashes-" + std::to_string(::getpid()));
    std::ofstream file(path);
    for (int i = 0; i < 20'000; ++i) file << i << " posts 1.0.0 0123456789abcdef\n";
    file.close();
    const auto crashes = read_crashes(path);
    std::filesystem::remove(path);
    ASSERT_FALSE(crashes.empty());
    EXPECT_LT(crashes.size(), 20'000u);
    EXPECT_EQ(crashes.back().unix_seconds, 19'999);
}

struct Case {
    const char* name;
    const char* history;
    bool is_spawned;
};
class CrashDecisionTest : public ::testing::TestWithParam<Case> {};

TEST_P(CrashDecisionTest, Decides) {
    EXPECT_EQ(should_be_spawned(parse_crashes(GetParam().history), "posts", "b1"), GetParam().is_spawned);
}

constexpr Case kCases[] = {
    {"Nothing", "", false},
    {"Twice", "100 posts 1 b1\n200 posts 1 b1\n", false},
    {"ThreeTimesInTenMinutes", "100 posts 1 b1\n400 posts 1 b1\n700 posts 1 b1\n", true},
    {"ThreeTimesInMore", "100 posts 1 b1\n400 posts 1 b1\n701 posts 1 b1\n", false},
    {"LongAgo", "1 posts 1 b1\n2 posts 1 b1\n3 posts 1 b1\n999999 posts 1 b1\n", true},
    {"OutOfOrder", "700 posts 1 b1\n100 posts 1 b1\n400 posts 1 b1\n", true},
    {"AnotherService", "100 users 1 b1\n200 users 1 b1\n300 users 1 b1\n", false},
    {"AnotherBuild", "100 posts 1 b0\n200 posts 1 b0\n300 posts 1 b0\n", false},
    {"TwoBuilds", "100 posts 1 b0\n200 posts 1 b1\n300 posts 1 b1\n", false},
};
INSTANTIATE_TEST_SUITE_P(Table, CrashDecisionTest, ::testing::ValuesIn(kCases),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace gatehouse::supervise
