#include "gatehouse/id.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

namespace gatehouse {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

// 2026-01-01T00:00:00Z
const system_clock::time_point kNow{std::chrono::seconds(1'767'225'600)};

TEST(IdSourceTest, IdsGrowAndAreNeverEqual) {
    for (const auto node : {std::optional<unsigned>(), std::optional<unsigned>(7)}) {
        IdSource source(node, [] { return kNow; });  // a clock that stands still
        std::int64_t last = 0;
        for (int i = 0; i < 100'000; ++i) {
            const std::int64_t id = source.next();
            ASSERT_GT(id, last);
            last = id;
        }
    }
}

TEST(IdSourceTest, IdsOfManyThreadsAreNeverEqual) {
    IdSource source;
    std::vector<std::vector<std::int64_t>> made(8);
    std::vector<std::thread> threads;
    for (auto& mine : made) {
        threads.emplace_back([&] {
            for (int i = 0; i < 5'000; ++i) mine.push_back(source.next());
        });
    }
    for (auto& thread : threads) thread.join();
    std::set<std::int64_t> all;
    for (const auto& mine : made) all.insert(mine.begin(), mine.end());
    EXPECT_EQ(all.size(), 40'000U);
}

TEST(IdSourceTest, AClockThatStepsBackDoesNotRepeatIds) {
    auto now = kNow;
    IdSource source(std::nullopt, [&] { return now; });
    const auto before = source.next();
    now -= std::chrono::hours(1);
    EXPECT_GT(source.next(), before);
}

TEST(IdSourceTest, TheTimeIsInTheId) {
    IdSource source(std::nullopt, [] { return kNow + milliseconds(123); });
    EXPECT_EQ(IdSource::time_of(source.next()), kNow + milliseconds(123));
}

TEST(IdSourceTest, TheNextIdIsNotTheLastPlusOne) {
    IdSource source(std::nullopt, [] { return kNow; });
    int neighbours = 0;
    for (int i = 0; i < 1'000; ++i) {
        const auto first = source.next();
        neighbours += source.next() == first + 1 ? 1 : 0;
    }
    EXPECT_LT(neighbours, 20);
}

TEST(IdSourceTest, SourcesWithDifferentNodesNeverMeet) {
    IdSource one(1, [] { return kNow; }), two(2, [] { return kNow; });
    std::set<std::int64_t> ids;
    for (int i = 0; i < 10'000; ++i) {
        ids.insert(one.next());
        ids.insert(two.next());
    }
    EXPECT_EQ(ids.size(), 20'000U);
    EXPECT_THROW(IdSource(1024), std::invalid_argument);
}

TEST(Uuid7Test, HasTheShapeVersionAndVariantOfRfc9562) {
    const std::string id = uuid7();
    ASSERT_EQ(id.size(), 36U);
    for (std::size_t i = 0; i < id.size(); ++i) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            EXPECT_EQ(id[i], '-');
        } else {
            EXPECT_NE(std::string("0123456789abcdef").find(id[i]), std::string::npos);
        }
    }
    EXPECT_EQ(id[14], '7');
    EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos);
    EXPECT_NE(uuid7(), id);
}

}  // namespace
}  // namespace gatehouse
