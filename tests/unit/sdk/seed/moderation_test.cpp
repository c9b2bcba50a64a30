#include "sdk/seed/moderation.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <tuple>

namespace {

using namespace gatehouse::seed;

class SeedModerationTest : public ::testing::Test {
protected:
    static constexpr Plan kPlan{6'000, 12'000, 5};
    using About = Case::About;

    static std::vector<Case> all_of(const Moderation& moderation) {
        std::vector<Case> cases;
        for (std::int64_t i = 0; i < kPlan.posts; ++i) {
            if (auto one = moderation.about_post(i)) cases.push_back(*std::move(one));
        }
        for (std::int64_t i = 0; i < kPlan.users; ++i) {
            if (auto one = moderation.about_person(i)) cases.push_back(*std::move(one));
        }
        return cases;
    }

    const People people_{kPlan};
    const Posts posts_{people_};
    const std::vector<Case> cases_ = all_of(Moderation(people_, posts_));
};

TEST_F(SeedModerationTest, IsTheSameForTheSamePlan) {
    const People people(kPlan);
    const Posts posts(people);
    const auto again = all_of(Moderation(people, posts));
    ASSERT_EQ(again.size(), cases_.size());
    for (std::size_t i = 0; i < again.size(); ++i) {
        const auto all = [](const Case& c) {
            return std::tuple(c.about, c.target_id, c.author, c.text, c.complaints.front().reason, c.verdict,
                              c.moderator, c.note, c.record_id);
        };
        EXPECT_EQ(all(again[i]), all(cases_[i]));
    }
}

TEST_F(SeedModerationTest, HasCasesOfAllKindsAndMostAreDecided) {
    std::map<std::pair<About, Verdict>, int> counts;
    for (const Case& one : cases_) ++counts[{one.about, one.verdict}];
    for (const About about : {About::post, About::comment, About::person}) {
        const int open = counts[{about, Verdict::none}], dismissed = counts[{about, Verdict::dismissed}];
        EXPECT_GT(open, 0);
        EXPECT_GT(dismissed, 2 * open);
    }
    EXPECT_GT((counts[{About::post, Verdict::removed}]), 20);
    EXPECT_GT((counts[{About::comment, Verdict::removed}]), 5);
    EXPECT_EQ((counts[{About::person, Verdict::removed}]), 0);
}

TEST_F(SeedModerationTest, IsAboutWhatIsThereUnlessItWasRemoved) {
    std::map<std::int64_t, std::int64_t> posts, comments;  // with the author
    for (std::int64_t i = 0; i < kPlan.posts; ++i) {
        const PostHead head = posts_.head(i);
        posts[head.id] = head.reach == Reach::everybody ? head.author : -1;
        for (const PostComment& comment : posts_.comments(i, head)) comments[comment.id] = comment.user;
    }
    for (const Case& one : cases_) {
        if (one.about == About::person) {
            EXPECT_EQ(one.target_id, people_.id(one.author));
            EXPECT_TRUE(one.text.empty());
            continue;
        }
        const auto& writings = one.about == About::post ? posts : comments;
        EXPECT_FALSE(one.text.empty());
        EXPECT_EQ(writings.contains(one.target_id), one.verdict != Verdict::removed);
        if (one.verdict != Verdict::removed) {
            EXPECT_EQ(writings.at(one.target_id), one.author);
        }
    }
}

TEST_F(SeedModerationTest, LetsNobodyComplainTwiceOrJudgeThemselves) {
    for (const Case& one : cases_) {
        std::set<std::int64_t> users{one.author};
        std::int64_t last = one.about == About::person ? kPostsBegin : 0;
        ASSERT_FALSE(one.complaints.empty());
        EXPECT_LE(std::ssize(one.complaints), Moderation::kComplaintsMax);
        for (const Complaint& complaint : one.complaints) {
            EXPECT_TRUE(users.insert(complaint.user).second);
            EXPECT_FALSE(people_.is_moderator(complaint.user));
            EXPECT_GT(complaint.created_at, last);
            EXPECT_FALSE(complaint.reason.empty());
            last = complaint.created_at;
        }
        if (one.verdict == Verdict::none) continue;
        EXPECT_TRUE(people_.is_moderator(one.moderator));
        EXPECT_FALSE(users.contains(one.moderator));
        EXPECT_GT(one.decided_at, last);
        EXPECT_FALSE(one.note.empty());
    }
}

TEST_F(SeedModerationTest, SharesNoIds) {
    std::set<std::int64_t> complaints, records, targets;
    for (const Case& one : cases_) {
        EXPECT_TRUE(targets.insert(one.target_id).second);
        for (const Complaint& complaint : one.complaints) EXPECT_TRUE(complaints.insert(complaint.id).second);
        if (one.verdict == Verdict::none) continue;
        EXPECT_TRUE(records.insert(one.record_id).second);
        EXPECT_TRUE(records.insert(one.removal_id).second);
        EXPECT_LT(one.record_id, one.removal_id);
    }
}

TEST_F(SeedModerationTest, KeepsWhatWaitsBelowTheLimitOfAService) {
    const Plan crowded{10, 40'000, 1};
    const People people(crowded);
    const Posts posts(people);
    const Moderation moderation(people, posts);
    std::map<std::int64_t, int> waiting;
    std::size_t cases = 0;
    for (std::int64_t i = 0; i < crowded.posts; ++i) {
        const auto one = moderation.about_post(i);
        if (!one) continue;
        ++cases;
        for (const Complaint& complaint : one->complaints) waiting[complaint.user] += one->verdict == Verdict::none;
    }
    EXPECT_GT(cases, 500U);
    for (const auto& [user, count] : waiting) EXPECT_LE(count, 20);
}

TEST_F(SeedModerationTest, HasNoCasesWhereNobodyModerates) {
    const People people({9, 5'000, 1});
    const Posts posts(people);
    const Moderation moderation(people, posts);
    EXPECT_EQ(people.moderator_count(), 0);
    for (std::int64_t i = 0; i < 5'000; ++i) EXPECT_FALSE(moderation.about_post(i));
    for (std::int64_t i = 0; i < 9; ++i) {
        EXPECT_FALSE(moderation.about_person(i));
        EXPECT_FALSE(people.is_moderator(i));
    }
}

TEST(SeedModeratorsTest, AreSomeAndNeverTheFirstPerson) {
    for (const auto& [users, count] : {std::pair(10, 2), {11, 2}, {500, 2}, {1'999, 3}, {20'000, 22}, {100'000, 50}}) {
        const People people({users, 1, 3});
        ASSERT_EQ(people.moderator_count(), count) << users;
        std::set<std::int64_t> counted, named;
        for (std::int64_t i = 0; i < users; ++i) {
            if (people.is_moderator(i)) counted.insert(i);
        }
        for (std::int64_t i = 0; i < count; ++i) named.insert(people.moderator(i));
        EXPECT_EQ(counted, named) << users;
        EXPECT_EQ(std::ssize(named), count) << users;
        EXPECT_FALSE(named.contains(0)) << users;
    }
}

}  // namespace
