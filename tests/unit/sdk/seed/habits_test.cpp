#include "sdk/seed/habits.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "sdk/seed/uuid.hpp"

namespace {

using namespace gatehouse::seed;

TEST(SeedHabitsTest, AreTheSameForTheSamePersonAndDifferAmongPeople) {
    const People people({5'000, 1, 2});
    int no_mails = 0, no_news = 0, english = 0, never = 0, today = 0;
    for (std::int64_t i = 0; i < 5'000; ++i) {
        const Habits habits = habits_of(people, i), again = habits_of(people, i);
        EXPECT_EQ(habits.looked_at, again.looked_at);
        EXPECT_EQ(habits.wants_follower_news, again.wants_follower_news);
        EXPECT_EQ(people.language(i) == Language::russian, habits.language == Language::russian);
        EXPECT_GE(habits.looked_at, kNewsBegin);
        EXPECT_LE(habits.looked_at, kPostsEnd);
        no_mails += habits.wants_follower_mails ? 0 : 1;
        no_news += habits.wants_follower_news ? 0 : 1;
        english += habits.language == Language::english ? 1 : 0;
        never += habits.looked_at == kNewsBegin ? 1 : 0;
        today += habits.looked_at > kPostsEnd - 86'400'000 ? 1 : 0;
    }
    EXPECT_NEAR(no_mails, 1'000, 150);
    EXPECT_NEAR(no_news, 300, 80);
    EXPECT_GT(english, 100);
    EXPECT_GT(never, 500);
    EXPECT_LT(never, 1'500);
    EXPECT_GT(today, 500);
}

TEST(SeedHabitsTest, WhatIsOlderThanTheLastLookIsRead) {
    Habits habits;
    EXPECT_FALSE(habits.read_at(kNewsBegin, 1));
    habits.looked_at = kPostsEnd - 1'000;
    for (std::int64_t i = 1; i < 200; ++i) {
        const auto read_at = habits.read_at(habits.looked_at - i * 3'600'000, i);
        ASSERT_TRUE(read_at);
        EXPECT_GT(*read_at, habits.looked_at - i * 3'600'000);
        EXPECT_LE(*read_at, habits.looked_at);
    }
    EXPECT_FALSE(habits.read_at(kPostsEnd - 1, 1));
}

TEST(SeedHabitsTest, PeopleFollowNobodyAfterTheTimeThatIsTold) {
    const People people({3'000, 1, 2});
    for (std::int64_t i = 0; i < 3'000; ++i) {
        for (const Following& one : people.followed_by(i)) EXPECT_LT(one.created_at, people.followed_until(i));
    }
}

TEST(SeedUuidTest, IsAVersion7UuidOfItsTimeAndNeverTheSameForTwoValues) {
    const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    std::set<std::string> seen;
    for (std::uint64_t value = 0; value < 2'000; ++value) {
        const std::string uuid = make_uuid(kPostsEnd, value << 22U);
        EXPECT_TRUE(std::regex_match(uuid, form)) << uuid;
        EXPECT_TRUE(uuid.starts_with("01941f29-7c00-7")) << uuid;
        EXPECT_TRUE(seen.insert(uuid).second);
    }
    EXPECT_LT(make_uuid(kPostsBegin, 7), make_uuid(kPostsEnd, 7));
}

}  // namespace
