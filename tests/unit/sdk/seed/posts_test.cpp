#include "sdk/seed/posts.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace {

using namespace gatehouse::seed;

class SeedPostsTest : public ::testing::Test {
protected:
    static constexpr Plan kPlan{500, 6'000, 3};
    const People people_{kPlan};
    const Posts posts_{people_};
};

TEST_F(SeedPostsTest, AreTheSameForTheSamePlan) {
    const People people(kPlan);
    const Posts again(people);
    for (std::int64_t i = 0; i < 300; ++i) {
        const PostHead head = posts_.head(i), other = again.head(i);
        EXPECT_EQ(std::tuple(head.id, head.author, head.reach, head.repost_of),
                  std::tuple(other.id, other.author, other.reach, other.repost_of));
        EXPECT_EQ(posts_.text(i, head).text, again.text(i, other).text);
        EXPECT_EQ(posts_.likes(i, head).size(), again.likes(i, other).size());
        EXPECT_EQ(posts_.comments(i, head).size(), again.comments(i, other).size());
    }
}

TEST_F(SeedPostsTest, HaveIdsInTheOrderOfTime) {
    std::int64_t last = 0;
    for (std::int64_t i = 0; i < kPlan.posts; ++i) {
        const PostHead head = posts_.head(i);
        EXPECT_GT(head.id, last);
        EXPECT_GE(head.created_at, kPostsBegin);
        EXPECT_LT(head.created_at, kPostsEnd);
        last = head.id;
    }
}

TEST_F(SeedPostsTest, AreOfAllKindsAndInBothLanguages) {
    std::map<Reach, int> reaches;
    std::map<Language, int> languages;
    int plain = 0, with_words = 0, titles = 0, tags = 0;
    for (std::int64_t i = 0; i < kPlan.posts; ++i) {
        const PostHead head = posts_.head(i);
        const PostText text = posts_.text(i, head);
        EXPECT_EQ(text.text.empty(), head.is_plain_repost);
        ++reaches[head.reach];
        ++languages[people_.language(head.author)];
        plain += head.is_plain_repost ? 1 : 0;
        with_words += head.repost_of && !head.is_plain_repost ? 1 : 0;
        titles += text.title ? 1 : 0;
        tags += text.text.find('#') != std::string::npos ? 1 : 0;
    }
    EXPECT_GT(reaches[Reach::author], 100);
    EXPECT_GT(reaches[Reach::followers], 200);
    EXPECT_GT(languages[Language::english], 1'500);
    EXPECT_GT(languages[Language::russian], 1'500);
    EXPECT_GT(plain, 100);
    EXPECT_GT(with_words, 50);
    EXPECT_GT(titles, 1'500);
    EXPECT_GT(tags, 2'000);
}

TEST_F(SeedPostsTest, ShareEarlierOnesThatEverybodySeesAndWithoutWordsOnlyOnce) {
    std::set<std::pair<std::int64_t, std::int64_t>> plain;
    std::vector<std::int64_t> counts(static_cast<std::size_t>(kPlan.posts));
    for (std::int64_t i = 0; i < kPlan.posts; ++i) {
        const PostHead head = posts_.head(i);
        if (!head.repost_of) continue;
        EXPECT_LT(*head.repost_of, i);
        EXPECT_EQ(head.reach, Reach::everybody);
        const PostHead original = posts_.head(*head.repost_of);
        EXPECT_EQ(original.reach, Reach::everybody);
        EXPECT_FALSE(original.repost_of);
        if (head.is_plain_repost) {
            EXPECT_TRUE(plain.emplace(head.author, *head.repost_of).second);
        }
        ++counts[static_cast<std::size_t>(*head.repost_of)];
    }
    std::vector<std::int64_t> told;
    for (std::int64_t first = 0; first < kPlan.posts; first += 700) {
        const auto some = posts_.reposts(first, std::min(first + 700, kPlan.posts));
        told.insert(told.end(), some.begin(), some.end());
    }
    EXPECT_EQ(told, counts);
}

TEST_F(SeedPostsTest, AreLikedOncePerUserAndAnsweredInOrder) {
    std::set<std::int64_t> ids;
    std::size_t likes = 0, answers = 0, most = 0;
    for (std::int64_t i = 0; i < kPlan.posts; ++i) {
        const PostHead head = posts_.head(i);
        std::set<std::int64_t> users;
        for (const PostLike& like : posts_.likes(i, head)) {
            EXPECT_TRUE(users.insert(like.user).second);
            EXPECT_GT(like.created_at, head.created_at);
        }
        std::int64_t last = head.id;
        const auto comments = posts_.comments(i, head);
        for (std::size_t place = 0; place < comments.size(); ++place) {
            EXPECT_TRUE(ids.insert(comments[place].id).second);
            EXPECT_GT(comments[place].id, last) << "they are listed by id";
            if (comments[place].parent) {
                EXPECT_LT(*comments[place].parent, static_cast<std::int64_t>(place));
            }
            EXPECT_FALSE(comments[place].text.empty());
            last = comments[place].id;
        }
        EXPECT_TRUE(head.reach == Reach::everybody || (users.empty() && comments.empty())) << "hidden from others";
        likes += users.size();
        answers += comments.size();
        most = std::max(most, users.size());
    }
    EXPECT_GT(likes, 2U * kPlan.posts);
    EXPECT_GT(answers, static_cast<std::size_t>(kPlan.posts) / 2);
    EXPECT_GT(most, 100U) << "somebody is popular";
}

}  // namespace
