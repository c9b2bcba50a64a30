#include "tests/unit/plugins/subscriptions/subscriptions_fixture.hpp"

namespace {

class FollowsTest : public SubscriptionsFixture {
protected:
    std::vector<std::string> published() {
        std::vector<std::string> lines;
        for (const auto& event : host_.published()) lines.push_back(event.type + " " + event.subject);
        return lines;
    }
};

TEST_F(FollowsTest, BeginOnceHoweverOftenOneAsks) {
    EXPECT_EQ(follow(kAnn, 8), 201);
    EXPECT_EQ(follow(kAnn, 8), 200);
    EXPECT_EQ(all_ids(kNobody, "/api/subscriptions/7?limit=5", "user_id"), Ids{8});
    EXPECT_EQ(published(), std::vector<std::string>{"subscription.created subscription/7-8"});
    const auto event = host_.published().front().json();
    EXPECT_EQ(event.at("follower_id"), 7);
    EXPECT_EQ(event.at("follower_name"), "ann");
    EXPECT_EQ(event.at("user_id"), 8);
}

TEST_F(FollowsTest, HaveNoAddressOfTheirOwn) {
    const Answer made = send(kAnn, "POST", "/api/subscriptions", R"({"user_id":8})");
    EXPECT_EQ(made.status, 201);
    EXPECT_EQ(made.header("location"), "") << "GET of it would be whom user 8 follows";
    EXPECT_EQ(host_.openapi().find("Location"), std::string::npos);
}

TEST_F(FollowsTest, EndOnceHoweverOftenOneAsks) {
    follow(kAnn, 8);
    EXPECT_EQ(unfollow(kAnn, 8), 204);
    EXPECT_EQ(unfollow(kAnn, 8), 204);
    EXPECT_TRUE(all_ids(kAnn, "/api/subscriptions?limit=5", "user_id").empty());
    EXPECT_EQ(published().size(), 2U);
    EXPECT_EQ(follow(kAnn, 8), 201);
}

TEST_F(FollowsTest, NeedSomebodyElseWhoExists) {
    const Answer self = send(kAnn, "POST", "/api/subscriptions", R"({"user_id":7})");
    EXPECT_EQ(self.status, 422);
    EXPECT_EQ(self.error_pointers(), std::vector<std::string>{"/user_id"});
    for (const std::int64_t id : {0, -1, 5'000, 666}) EXPECT_EQ(follow(kAnn, id), 404) << id;
    EXPECT_EQ(send(kAnn, "POST", "/api/subscriptions", "{}").status, 422);
    EXPECT_EQ(send(kAnn, "POST", "/api/subscriptions", R"({"user_id":"8"})").status, 422);
    EXPECT_TRUE(published().empty());
}

TEST_F(FollowsTest, DoNotWaitForTheProfileOfANewAccount) {
    EXPECT_EQ(follow(kAnn, 1'000), 201);  // auth knows it, users not yet
    EXPECT_EQ(follow(kAnn, 1'001), 404);  // banned
    EXPECT_EQ(follow(kAnn, 1'002), 404);
    EXPECT_EQ(send(kNobody, "GET", "/api/subscriptions/1000/followers").status, 200);
    host_.on_call("auth", [](const PeerRequest&) { return Answer{.status = 503, .headers = {}, .body = ""}; });
    EXPECT_EQ(follow(kBob, 1'000), 503);
    EXPECT_EQ(follow(kBob, 9), 201) << "a profile is enough";
}

TEST_F(FollowsTest, AreMadeByTheCallerAlone) {
    send(kAnn, "POST", "/api/subscriptions", R"({"user_id":8,"follower_id":9})");
    EXPECT_TRUE(all_ids(kCid, "/api/subscriptions?limit=5", "user_id").empty());
    EXPECT_EQ(unfollow(kCid, 8), 204);
    EXPECT_EQ(all_ids(kAnn, "/api/subscriptions?limit=5", "user_id"), Ids{8});
    for (const char* method : {"POST", "GET"}) EXPECT_EQ(send(kNobody, method, "/api/subscriptions").status, 401);
    EXPECT_EQ(unfollow(kNobody, 8), 401);
}

TEST_F(FollowsTest, AreRefusedWhileNobodyCanSayWhoExists) {
    host_.on_call("users", [](const PeerRequest&) { return Answer{.status = 500, .headers = {}, .body = ""}; });
    EXPECT_EQ(follow(kAnn, 8), 503);
    EXPECT_TRUE(published().empty());
}

TEST_F(FollowsTest, AreListedLatestFirstWithNamesAndPictures) {
    follow(kAnn, 8);
    follow(kAnn, 9);
    const auto items = send(kNobody, "GET", "/api/subscriptions/7").json().at("items").as_array();
    ASSERT_EQ(items.size(), 2U);
    EXPECT_EQ(items[0].at("user_id"), 9);
    EXPECT_EQ(items[0].at("username"), "u9");
    EXPECT_EQ(items[0].at("full_name"), "User 9");
    EXPECT_EQ(items[0].at("avatar_url"), "/api/users/9/avatar");
    EXPECT_EQ(items[0].at("deleted"), false);
    EXPECT_EQ(all_ids(kNobody, "/api/subscriptions/9/followers?limit=5", "user_id"), Ids{7});
}

TEST_F(FollowsTest, AreListedWithoutNamesWhileUsersIsAway) {
    follow(kAnn, 8);
    host_.on_call("users", [](const PeerRequest&) { return Answer{.status = 503, .headers = {}, .body = ""}; });
    const auto items = send(kAnn, "GET", "/api/subscriptions").json().at("items").as_array();
    ASSERT_EQ(items.size(), 1U);
    EXPECT_TRUE(items[0].at("username").is_null());
}

TEST_F(FollowsTest, AreListedInPagesThatStayStableWhileOthersFollow) {
    Ids followers;
    for (int i = 1; i <= 12; ++i) {
        follow({100 + i, "fan"}, 7);
        followers.insert(followers.begin(), 100 + i);
    }
    int next = 200;
    EXPECT_EQ(all_ids(kNobody, "/api/subscriptions/7/followers?limit=5", "user_id",
                      [&] {
                          follow({++next, "late"}, 7);
                      }),
              followers);
}

TEST_F(FollowsTest, OfNobodyAreNotFoundButOfSomebodyMayBeNone) {
    for (const char* more : {"", "/followers"}) {
        EXPECT_EQ(send(kNobody, "GET", "/api/subscriptions/5000" + std::string(more)).status, 404);
        EXPECT_EQ(send(kNobody, "GET", "/api/subscriptions/9" + std::string(more)).status, 200);
    }
}

TEST_F(FollowsTest, RefuseBadQueries) {
    for (const char* query : {"limit=0", "limit=101", "limit=x", "cursor=forged"}) {
        EXPECT_EQ(send(kAnn, "GET", std::string("/api/subscriptions?") + query).status, 422) << query;
    }
    for (int i = 1; i <= 3; ++i) follow({100 + i, "fan"}, 7);
    const auto page = send(kAnn, "GET", "/api/subscriptions/7/followers?limit=1").json();
    const std::string cursor(page.at("next_cursor").as_string());
    EXPECT_EQ(send(kAnn, "GET", "/api/subscriptions/8/followers?limit=1&cursor=" + cursor).status, 422);
    EXPECT_EQ(send(kAnn, "GET", "/api/subscriptions/7?limit=1&cursor=" + cursor).status, 422);
}

TEST_F(FollowsTest, AreOneUnderAnyRace) {
    in_parallel(12, [&](int i) {
        for (int round = 0; round < 5; ++round) {
            const int status = (i + round) % 3 == 0 ? unfollow(kAnn, 8) : follow(kAnn, 8);
            EXPECT_TRUE(status == 200 || status == 201 || status == 204) << status;
        }
    });
    const bool follows = !all_ids(kAnn, "/api/subscriptions?limit=5", "user_id").empty();
    int created = 0, deleted = 0;
    for (const auto& event : host_.published()) ++(event.type == "subscription.created" ? created : deleted);
    EXPECT_EQ(created - deleted, follows ? 1 : 0);
}

// What auth tells of ann, 7.
class ClosedAccountsTest : public FollowsTest {
protected:
    void status(const std::string& status) {
        EXPECT_EQ(host_.deliver("user.status_changed", R"({"id":7,"status":")" + status + "\"}",
                                {.source = "auth", .subject = "user/7"}),
                  GH_OK);
    }
    Ids followed_by(const Person& who) { return all_ids(who, "/api/subscriptions?limit=5", "user_id"); }
    void SetUp() override {
        follow(kAnn, 8);
        follow(kBob, 7);
        follow(kCid, 8);
    }
};

TEST_F(ClosedAccountsTest, FollowNobodyAndAreFollowedByNobody) {
    const auto hers = post(7), his = post(8);
    EXPECT_EQ(feed(kBob), Ids{hers});
    status("deleted");
    host_.advance(std::chrono::minutes(2));
    EXPECT_TRUE(followed_by(kAnn).empty());
    EXPECT_TRUE(followed_by(kBob).empty());
    EXPECT_TRUE(feed(kBob).empty());
    EXPECT_EQ(followed_by(kCid), Ids{8});
    EXPECT_EQ(feed(kCid), Ids{his});
    EXPECT_EQ(published().size(), 5U);
}

TEST_F(ClosedAccountsTest, DoNotBeginToFollowInTheirLastSeconds) {
    status("deleted");
    EXPECT_EQ(follow(kAnn, 9), 404);
    EXPECT_EQ(follow(kCid, 7), 404);
    host_.advance(std::chrono::minutes(2));
    EXPECT_TRUE(followed_by(kAnn).empty());
}

TEST_F(ClosedAccountsTest, KeepTheirFollowingsWhileBannedOrWhenTheyAreBackInTime) {
    status("banned");
    host_.advance(std::chrono::minutes(2));
    EXPECT_EQ(followed_by(kBob), Ids{7});
    status("deleted");
    status("active");
    host_.advance(std::chrono::minutes(2));
    EXPECT_EQ(followed_by(kAnn), Ids{8});
    EXPECT_EQ(followed_by(kBob), Ids{7});
    EXPECT_EQ(follow(kCid, 7), 201);
}

TEST_F(ClosedAccountsTest, EndManyFollowingsInStepsAndTellEachOnce) {
    for (std::int64_t user = 100; user < 350; ++user) follow({user, "many"}, 7);
    status("deleted");
    host_.advance(std::chrono::minutes(2));
    int deleted = 0;
    for (const auto& event : host_.published()) deleted += event.type == "subscription.deleted" ? 1 : 0;
    EXPECT_EQ(deleted, 252);
}

}  // namespace
