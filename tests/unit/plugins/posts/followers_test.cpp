// A post for followers exists for its author and for who follows the author: for all others it was never written.
#include "tests/unit/plugins/posts/posts_fixture.hpp"

namespace {

class FollowersTest : public PostsFixture {
protected:
    FollowersTest() {
        follow(kBob, kAnn);
        id_ = write(kAnn, R"({"text":"for friends #secret walrus","visibility":"followers"})");
        comment_ = "/api/posts/comments/" + comment(kAnn, at(id_));
    }
    std::vector<std::string> lists() const {
        return {"/api/posts?limit=5",
                "/api/posts?limit=5&sort=top",
                "/api/posts?limit=5&author=7",
                "/api/posts?limit=5&author=7&sort=top",
                "/api/posts?limit=5&tag=secret",
                "/api/posts?limit=5&tag=secret&sort=top",
                "/api/posts?limit=5&tag=secret&author=7",
                "/api/posts/search?q=walrus"};
    }
    std::size_t batched(const Person& who) {
        auto request = host_.request("POST", "/api/posts/batch");
        request.as_service("subscriptions");
        if (who.id != 0) request.as_user(who.id, who.name, {who.role});
        return request.json(R"({"ids":[)" + std::to_string(id_) + "]}").send().json().at("items").as_array().size();
    }
    static constexpr Person kCid{10, "cid", "user"};
    std::int64_t id_ = 0;
    std::string comment_;
};

TEST_F(FollowersTest, IsInEveryListOfAFollowerAndOfItsAuthor) {
    for (const Person& who : {kAnn, kBob}) {
        for (const std::string& list : lists()) {
            EXPECT_EQ(all_ids(who, list), std::vector<std::int64_t>{id_}) << who.name << " " << list;
        }
        EXPECT_EQ(batched(who), 1U);
        EXPECT_EQ(send(who, "GET", at(id_)).status, 200);
    }
}

TEST_F(FollowersTest, IsInNoListOfAnybodyElse) {
    for (const Person& who : {kNobody, kCid, kMod}) {
        for (const std::string& list : lists()) EXPECT_TRUE(all_ids(who, list).empty()) << who.name << " " << list;
        EXPECT_EQ(batched(who), 0U);
    }
}

TEST_F(FollowersTest, AnswersStrangersAsIfThePostWereNotThere) {
    const std::string path = at(id_);
    const std::tuple<const char*, std::string, std::string> requests[] = {
        {"GET", path, ""},
        {"PATCH", path, R"({"text":"x"})"},
        {"DELETE", path, ""},
        {"PUT", path + "/like", ""},
        {"DELETE", path + "/like", ""},
        {"GET", path + "/likes", ""},
        {"GET", path + "/comments", ""},
        {"POST", path + "/comments", R"({"text":"x"})"},
        {"PATCH", comment_, R"({"text":"x"})"},
        {"DELETE", comment_, ""},
        {"POST", "/api/posts", R"({"repost_of":)" + std::to_string(id_) + "}"},
    };
    for (const auto& [method, target, body] : requests) {
        for (const Person& who : {kCid, kMod}) {
            EXPECT_EQ(send(who, method, target, body).status, 404) << who.name << " " << method << " " << target;
        }
    }
}

TEST_F(FollowersTest, LetsAFollowerTakePart) {
    EXPECT_EQ(send(kBob, "PUT", at(id_) + "/like").status, 204);
    comment(kBob, at(id_));
    EXPECT_EQ(send(kBob, "GET", at(id_)).json().at("comments"), 2);
    EXPECT_EQ(send(kBob, "PATCH", at(id_), R"({"text":"x"})").status, 403);
}

TEST_F(FollowersTest, EndsWithTheFollowing) {
    follow(kBob, kAnn, "subscription.deleted");
    EXPECT_EQ(send(kBob, "GET", at(id_)).status, 404);
    for (const std::string& list : lists()) EXPECT_TRUE(all_ids(kBob, list).empty()) << list;
}

TEST_F(FollowersTest, DoesNotMakeFollowersOfThoseWhomOneFollows) {
    const auto id = write(kBob, R"({"text":"x","visibility":"followers"})");
    EXPECT_EQ(send(kAnn, "GET", at(id)).status, 404);
}

TEST_F(FollowersTest, TakesEventsTwiceAndForUnknownPeople) {
    follow(kBob, kAnn);
    follow(kCid, kCid, "subscription.deleted");
    EXPECT_EQ(send(kBob, "GET", at(id_)).status, 200);
}

TEST_F(FollowersTest, LetsAModeratorRemoveWhatAReportIsAboutThroughAnotherServiceOnly) {
    const auto remove = [&](const char* role) {
        return host_.request("DELETE", at(id_)).as_service("admin").as_user(9, "mod", {role}).send().status;
    };
    EXPECT_EQ(send(kMod, "DELETE", at(id_)).status, 404);
    EXPECT_EQ(remove("user"), 404);
    EXPECT_EQ(host_.request("DELETE", comment_).as_service("admin").as_user(9, "mod", {"moderator"}).send().status,
              204);
    EXPECT_EQ(remove("moderator"), 204);
    EXPECT_EQ(send(kAnn, "GET", at(id_)).status, 404);
}

TEST_F(FollowersTest, KeepsPagesFullHoweverManyAreHidden) {
    for (int i = 0; i < 12; ++i) write(kAnn, R"({"text":"x","visibility":"private"})");
    std::vector<std::int64_t> written{id_};
    for (int i = 0; i < 6; ++i) {
        written.insert(written.begin(), write(kAnn, R"({"text":"x","visibility":"followers"})"));
        written.insert(written.begin(), write(kMod, R"({"text":"x"})"));
        write(kMod, R"({"text":"x","visibility":"followers"})");
    }
    EXPECT_EQ(all_ids(kBob, "/api/posts?limit=4"), written);
    EXPECT_EQ(send(kBob, "GET", "/api/posts?limit=4").json().at("items").as_array().size(), 4U);
}

}  // namespace
