#include <set>

#include "tests/unit/plugins/posts/posts_fixture.hpp"

namespace {

class LikesTest : public PostsFixture {
protected:
    Person person(int i) const { return {100 + i, "somebody", "user"}; }
    std::string path_ = post(kAnn);
};

TEST_F(LikesTest, CountsALikeOnce) {
    EXPECT_EQ(send(kBob, "PUT", path_ + "/like").status, 204);
    EXPECT_EQ(send(kBob, "PUT", path_ + "/like").status, 204);
    EXPECT_EQ(number(path_, "likes"), 1);
    EXPECT_EQ(send(kBob, "GET", path_).json().at("liked_by_me"), true);
    EXPECT_EQ(send(kAnn, "GET", path_).json().at("liked_by_me"), false);
}

TEST_F(LikesTest, TakesALikeBackOnce) {
    send(kBob, "PUT", path_ + "/like");
    EXPECT_EQ(send(kBob, "DELETE", path_ + "/like").status, 204);
    EXPECT_EQ(send(kBob, "DELETE", path_ + "/like").status, 204);
    EXPECT_EQ(number(path_, "likes"), 0);
}

TEST_F(LikesTest, KeepsOneLikePerUserUnderAnyRace) {
    in_parallel(16, [&](int i) {
        for (int round = 0; round < 10; ++round)
            send(person(i % 4), round % 3 == 2 ? "DELETE" : "PUT", path_ + "/like");
    });
    const auto users = all_ids(kAnn, path_ + "/likes?limit=3", "user_id");
    EXPECT_EQ(number(path_, "likes"), static_cast<std::int64_t>(users.size()));
    EXPECT_EQ(std::set<std::int64_t>(users.begin(), users.end()).size(), users.size());
}

TEST_F(LikesTest, LosesNoLikeWhenManyLikeAtOnce) {
    in_parallel(20, [&](int i) { send(person(i), "PUT", path_ + "/like"); });
    EXPECT_EQ(number(path_, "likes"), 20);
    EXPECT_EQ(all_ids(kAnn, path_ + "/likes?limit=6", "user_id").size(), 20u);
}

TEST_F(LikesTest, KeepsCursorsOfDifferentListsApart) {
    for (int i = 0; i < 3; ++i) send(person(i), "PUT", path_ + "/like");
    const auto page = send(kAnn, "GET", path_ + "/likes?limit=2").json();
    const std::string cursor(page.at("next_cursor").as_string());
    EXPECT_EQ(send(kAnn, "GET", post(kAnn) + "/likes?limit=2&cursor=" + cursor).status, 422);
}

TEST_F(LikesTest, SurvivesThePostBeingDeletedMeanwhile) {
    in_parallel(8, [&](int i) {
        const int status = i == 3 ? send(kAnn, "DELETE", path_).status : send(person(i), "PUT", path_ + "/like").status;
        EXPECT_TRUE(status == 204 || status == 404) << status;
    });
    EXPECT_EQ(send(kAnn, "GET", path_).status, 404);
}

}  // namespace
