#include "sdk/seed/pictures.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <tuple>

namespace {

using namespace gatehouse::seed;

class SeedPicturesTest : public ::testing::Test {
protected:
    static constexpr Plan kPlan{2'000, 6'000, 3};

    static auto all_of(const Picture& picture) {
        return std::tuple(picture.id, picture.created_at, picture.owner, picture.motif);
    }
    std::vector<Picture> all() const {
        std::vector<Picture> pictures;
        for (std::int64_t i = 0; i < kPlan.users; ++i) {
            if (auto picture = pictures_.of_person(i)) pictures.push_back(*picture);
        }
        for (std::int64_t i = 0; i < kPlan.posts; ++i) {
            for (const Picture& picture : pictures_.of_post(i)) pictures.push_back(picture);
        }
        return pictures;
    }

    const People people_{kPlan};
    const Posts posts_{people_};
    const Pictures pictures_{people_, posts_};
};

TEST_F(SeedPicturesTest, AreTheSameForTheSamePlanAndOthersForAnotherSeed) {
    const People people(kPlan), strangers({kPlan.users, kPlan.posts, 4});
    const Posts posts(people), others(strangers);
    const Pictures again(people, posts), different(strangers, others);
    std::set<std::string> ids;
    for (const Picture& picture : all()) ids.insert(picture.id);
    for (std::int64_t i = 0; i < 300; ++i) {
        const auto one = pictures_.of_person(i), two = again.of_person(i), other = different.of_person(i);
        ASSERT_EQ(one.has_value(), two.has_value());
        EXPECT_TRUE(!one || all_of(*one) == all_of(*two));
        EXPECT_FALSE(other && ids.contains(other->id));
        const auto some = pictures_.of_post(i), same = again.of_post(i);
        ASSERT_EQ(some.size(), same.size());
        for (std::size_t place = 0; place < some.size(); ++place) {
            EXPECT_EQ(all_of(some[place]), all_of(same[place]));
        }
        for (const Picture& picture : different.of_post(i)) EXPECT_FALSE(ids.contains(picture.id));
    }
}

TEST_F(SeedPicturesTest, HaveIdsOfTheirOwnThatTellTheTime) {
    const std::regex form("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    std::set<std::string> ids;
    for (const Picture& picture : all()) {
        EXPECT_TRUE(std::regex_match(picture.id, form)) << picture.id;
        EXPECT_EQ(std::stoll(picture.id.substr(0, 8) + picture.id.substr(9, 4), nullptr, 16), picture.created_at);
        EXPECT_TRUE(ids.insert(picture.id).second);
    }
}

TEST_F(SeedPicturesTest, ShowMostPeopleAfterTheyHaveRegistered) {
    std::int64_t shown = 0;
    for (std::int64_t i = 0; i < kPlan.users; ++i) {
        const auto picture = pictures_.of_person(i);
        if (!picture) continue;
        ++shown;
        EXPECT_EQ(picture->owner, i);
        EXPECT_GT(picture->created_at, people_.created_at(i));
        EXPECT_TRUE(pictures_.is_portrait(picture->motif));
    }
    EXPECT_NEAR(static_cast<double>(shown) / static_cast<double>(kPlan.users), 0.6, 0.05);
}

TEST_F(SeedPicturesTest, BelongToTheAuthorOfAPostThatIsNoShare) {
    std::set<std::size_t> counts;
    std::int64_t with = 0;
    for (std::int64_t i = 0; i < kPlan.posts; ++i) {
        const auto pictures = pictures_.of_post(i);
        counts.insert(pictures.size());
        with += pictures.empty() ? 0 : 1;
        const PostHead head = posts_.head(i);
        EXPECT_TRUE(pictures.empty() || !head.repost_of);
        std::set<std::int64_t> motifs;
        std::int64_t last = 0;
        for (const Picture& picture : pictures) {
            EXPECT_EQ(picture.owner, head.author);
            EXPECT_LT(picture.created_at, head.created_at);
            EXPECT_GT(picture.created_at, last);
            EXPECT_FALSE(pictures_.is_portrait(picture.motif));
            EXPECT_TRUE(motifs.insert(picture.motif).second) << "nobody posts a photo twice at once";
            last = picture.created_at;
        }
    }
    EXPECT_EQ(counts, (std::set<std::size_t>{0, 1, 2, 3, 4}));
    EXPECT_NEAR(static_cast<double>(with) / static_cast<double>(kPlan.posts), 0.19, 0.03);
}

TEST_F(SeedPicturesTest, ShowFewMotifsHoweverManyTheyAre) {
    std::set<std::int64_t> motifs;
    for (const Picture& picture : all()) motifs.insert(picture.motif);
    EXPECT_EQ(std::ssize(motifs), pictures_.motifs());
    EXPECT_EQ(*motifs.begin(), 0);
    EXPECT_EQ(*motifs.rbegin(), pictures_.motifs() - 1);
    EXPECT_EQ(Pictures::motifs_of(kPlan), pictures_.motifs());
    EXPECT_LE(Pictures::motifs_of({kUsersMax, kPostsMax, 1}), 80);
    EXPECT_GE(Pictures::motifs_of({1, 1, 0}), 10);
}

}  // namespace
