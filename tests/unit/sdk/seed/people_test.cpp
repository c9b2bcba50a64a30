#include "sdk/seed/people.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

namespace {

using namespace gatehouse::seed;

constexpr Plan kPlan{20'000, 1'000, 7};

auto all_of(const Person& p) {
    return std::tuple(p.id, p.created_at, p.language, p.gender, p.username, p.email, p.first_name, p.last_name,
                      p.birthday, p.bio, p.phone);
}

TEST(SeedPeopleTest, AreTheSameForTheSamePlanAndOthersForAnotherSeed) {
    const People people(kPlan), again(kPlan), others({kPlan.users, kPlan.posts, 8});
    int same = 0;
    for (std::int64_t i = 0; i < 200; ++i) {
        EXPECT_EQ(all_of(people.person(i)), all_of(again.person(i)));
        EXPECT_EQ(people.person(i).username, people.username(i));
        EXPECT_EQ(people.person(i).id, people.id(i));
        same += people.id(i) == others.id(i) || people.username(i) == others.username(i) ? 1 : 0;
    }
    EXPECT_LT(same, 5);
}

TEST(SeedPeopleTest, HaveIdsInTheOrderOfTimeAndNamesOfTheirOwn) {
    const People people(kPlan);
    std::int64_t last_id = 0, last_time = kPeopleBegin;
    std::set<std::string> names;
    for (std::int64_t i = 0; i < kPlan.users; ++i) {
        const Person person = people.person(i);
        EXPECT_GT(person.id, last_id);
        EXPECT_GE(person.created_at, last_time);
        EXPECT_LT(person.created_at, kPostsBegin);
        EXPECT_LE(person.username.size(), 32U);
        EXPECT_TRUE(names.insert(person.username).second);
        last_id = person.id;
        last_time = person.created_at;
    }
}

TEST(SeedPeopleTest, SpeakBothLanguages) {
    const People people(kPlan);
    std::int64_t russian = 0;
    for (std::int64_t i = 0; i < kPlan.users; ++i) {
        const bool is_russian = people.language(i) == Language::russian;
        const bool is_cyrillic = static_cast<unsigned char>(people.person(i).first_name.front()) >= 0xD0;
        EXPECT_EQ(is_russian, is_cyrillic);
        russian += is_russian ? 1 : 0;
    }
    EXPECT_NEAR(static_cast<double>(russian) / static_cast<double>(kPlan.users), 0.5, 0.02);
}

TEST(SeedPeopleTest, FollowOthersOnceAndNotThemselves) {
    const People people(kPlan);
    std::set<std::int64_t> ids;
    std::int64_t most = 0, sum = 0;
    for (std::int64_t i = 0; i < kPlan.users; ++i) {
        const auto followed = people.followed_by(i);
        EXPECT_EQ(std::ssize(followed), people.followed_count(i));
        std::set<std::int64_t> users;
        std::int64_t last = kPostsBegin;
        for (const Following& one : followed) {
            EXPECT_NE(one.user, i);
            EXPECT_TRUE(users.insert(one.user).second);
            EXPECT_TRUE(ids.insert(one.id).second);
            EXPECT_GE(one.created_at, last);
            EXPECT_LT(one.created_at, kPostsEnd);
            last = one.created_at;
        }
        most = std::max<std::int64_t>(most, std::ssize(followed));
        sum += std::ssize(followed);
    }
    EXPECT_EQ(most, People::kFollowedMax);
    EXPECT_GT(sum, 10 * kPlan.users);
    EXPECT_LT(sum, 40 * kPlan.users);
}

// The exponent of the tail by its maximum likelihood (Clauset, Shalizi, Newman 2009, equation 3.7).
double exponent_of(const std::vector<std::int64_t>& counts, double least) {
    double logs = 0;
    int number = 0;
    for (const std::int64_t count : counts) {
        if (static_cast<double>(count) < least) continue;
        logs += std::log(static_cast<double>(count) / (least - 0.5));
        ++number;
    }
    return 1.0 + number / logs;
}

TEST(SeedPeopleTest, AreFollowedByAPowerLaw) {
    const People people(kPlan);
    std::vector<std::int64_t> followers(static_cast<std::size_t>(kPlan.users));
    for (std::int64_t i = 0; i < kPlan.users; ++i) {
        for (const Following& one : people.followed_by(i)) ++followers[static_cast<std::size_t>(one.user)];
    }
    const double exponent = exponent_of(followers, 30);
    EXPECT_GT(exponent, 1.9);
    EXPECT_LT(exponent, 2.7);
    const auto most = std::ranges::max(followers);
    EXPECT_GT(most, 1'000) << "somebody is famous";
}

TEST(SeedPeopleTest, FitIntoTheSmallestPlan) {
    const People people({1, 1, 0});
    EXPECT_TRUE(people.followed_by(0).empty());
    EXPECT_FALSE(people.person(0).username.empty());
}

}  // namespace
