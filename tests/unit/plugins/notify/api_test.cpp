// One's own notifications and settings, and nobody else's.
#include "tests/unit/plugins/notify/notify_fixture.hpp"

namespace {

using ApiTest = NotifyFixture;

TEST_F(ApiTest, NobodyIsAskedInWithoutAUser) {
    for (const auto* const path : {"/api/notifications", "/api/notifications/settings", "/api/notifications/live"}) {
        EXPECT_EQ(host_.request("GET", path).send().status, 401) << path;
    }
    EXPECT_EQ(host_.request("POST", "/api/notifications/read").json(R"({"all":true})").send().status, 401);
}

TEST_F(ApiTest, PagesAreNewestFirstCompleteAndOnesOwn) {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(follow(), GH_OK);
    const auto first = get("/api/notifications?limit=3");
    EXPECT_EQ(first.at("items").as_array().size(), 3U);
    EXPECT_EQ(first.at("unread"), 5);
    const std::string cursor(first.at("next_cursor").as_string());
    const auto second = get("/api/notifications?limit=3&cursor=" + cursor);
    EXPECT_EQ(second.at("items").as_array().size(), 2U);
    EXPECT_TRUE(second.at("next_cursor").is_null());
    EXPECT_GT(first.at("items").at(2).at("id").as_int64(), second.at("items").at(0).at("id").as_int64());
    EXPECT_TRUE(get("/api/notifications", 8).at("items").as_array().empty());
    EXPECT_EQ(host_.request("GET", "/api/notifications?cursor=made-up").as_user(7).send().status, 422);
}

TEST_F(ApiTest, OnlyOnesOwnAreMarkedAsRead) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(follow(), GH_OK);
    const auto id = std::to_string(get("/api/notifications").at("items").at(1).at("id").as_int64());
    const auto read = [&](std::int64_t user, const std::string& body) {
        return host_.request("POST", "/api/notifications/read").as_user(user).json(body).send();
    };
    EXPECT_EQ(read(8, R"({"ids":[)" + id + "]}").status, 200);
    EXPECT_EQ(get("/api/notifications").at("unread"), 3);
    EXPECT_EQ(read(7, R"({"ids":[)" + id + "]}").json().at("unread"), 2);
    EXPECT_EQ(get("/api/notifications?unread=true").at("items").as_array().size(), 2U);
    EXPECT_EQ(read(7, R"({"up_to":)" + id + "}").json().at("unread"), 1);
    EXPECT_EQ(read(7, R"({"all":true})").json().at("unread"), 0);
    for (const auto* const bad : {"{}", R"({"ids":[]})", R"({"all":true,"up_to":1})", R"({"ids":"x"})"}) {
        EXPECT_EQ(read(7, bad).status, 422) << bad;
    }
}

TEST_F(ApiTest, WhatIsMutedIsNotTold) {
    EXPECT_EQ(register_ann(), GH_OK);
    EXPECT_EQ(confirm_ann(), GH_OK);
    const auto put = [&](const std::string& body) {
        return host_.request("PUT", "/api/notifications/settings").as_user(7, "ann").json(body).send();
    };
    EXPECT_EQ(put(R"({"mail":{"new_follower":false},"in_app":{"new_follower":false}})").status, 200);
    EXPECT_EQ(get("/api/notifications/settings").at("mail").at("new_follower"), false);
    EXPECT_EQ(get("/api/notifications/settings").at("mail").at("order_status"), true);
    EXPECT_EQ(follow(), GH_OK);
    EXPECT_EQ(host_.deliver("order.status_changed", R"({"id":"o1","user_id":7,"status":"shipping"})"), GH_OK);
    send_mails();
    EXPECT_EQ(mails().size(), 1U);
    EXPECT_EQ(get("/api/notifications").at("items").at(0).at("text"), "Order o1: on its way.");
    EXPECT_EQ(get("/api/notifications").at("unread"), 1);
    EXPECT_EQ(put(R"({"language":"tlh"})").status, 422);
}

TEST_F(ApiTest, SettingsThatSomebodyElseHasChangedAreKept) {
    const auto tag = host_.request("GET", "/api/notifications/settings").as_user(7).send().header("etag");
    const auto put = [&] {
        return host_.request("PUT", "/api/notifications/settings")
            .as_user(7)
            .header("if-match", tag)
            .json(R"({"language":"ru"})")
            .send();
    };
    EXPECT_EQ(put().status, 200);
    EXPECT_EQ(put().status, 412);
}

TEST_F(ApiTest, ALiveStreamTellsWhatIsNewAndNothingOfOthers) {
    EXPECT_EQ(follow(), GH_OK);
    auto mine = host_.request("GET", "/api/notifications/live").as_user(7).begin();
    auto theirs = host_.request("GET", "/api/notifications/live").as_user(8).begin();
    host_.advance(std::chrono::seconds(1));
    EXPECT_EQ(mine.so_far().body.find("event: notification"), std::string::npos);
    EXPECT_EQ(follow(), GH_OK);
    host_.advance(std::chrono::seconds(2));
    const std::string told = mine.so_far().body;
    EXPECT_NE(told.find("bob follows you."), std::string::npos);
    EXPECT_EQ(told.find("event: notification"), told.rfind("event: notification"));
    EXPECT_EQ(theirs.so_far().body.find("event: notification"), std::string::npos);
    mine.cancel();
    theirs.cancel();
}

TEST_F(ApiTest, AStreamGoesOnAfterTheIdThatWasSeenLast) {
    for (int i = 0; i < 2; ++i) EXPECT_EQ(follow(), GH_OK);
    const auto seen = get("/api/notifications").at("items").at(1).at("id").as_int64();
    auto stream = host_.request("GET", "/api/notifications/live")
                      .as_user(7)
                      .header("last-event-id", std::to_string(seen))
                      .begin();
    host_.advance(std::chrono::seconds(1));
    const std::string told = stream.so_far().body;
    EXPECT_NE(told.find("event: notification"), std::string::npos);
    EXPECT_EQ(told.find("event: notification"), told.rfind("event: notification"));
    stream.cancel();
}

}  // namespace
