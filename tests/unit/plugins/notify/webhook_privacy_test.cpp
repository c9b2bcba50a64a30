// What may not leave does not leave, and what may not any more is taken back.
#include "tests/unit/plugins/notify/webhook_fixture.hpp"

namespace {

constexpr const char* kAll =
    R"("post.created","post.updated","post.deleted","comment.created","comment.deleted","subscription.created",)"
    R"("subscription.deleted","profile.updated","profile.deleted","user.registered","user.renamed","user.deleted")";

class WebhookPrivacyTest : public WebhookFixture {
protected:
    void SetUp() override { path_ = create_path(kAll); }

    gh_status comment(const std::string& type, std::int64_t post) {
        return host_.deliver(type,
                             R"({"id":9,"post_id":)" + std::to_string(post) +
                                 R"(,"post_author_id":7,"author_id":8,"author_name":"bob","text":"the text",)" +
                                 R"("created_at":"2026-01-02T03:04:05.000Z"})",
                             {.source = "posts", .subject = "post/" + std::to_string(post)});
    }
    std::vector<std::string> types() {
        std::vector<std::string> found;
        for (const auto& one : receiver_.received()) {
            found.emplace_back(boost::json::parse(one.body).at("type").as_string());
        }
        return found;
    }
    using Types = std::vector<std::string>;

    std::string path_;
};

TEST_F(WebhookPrivacyTest, PostsThatNotEverybodyMayReadDoNotExist) {
    for (const char* const visibility : {"private", "followers", "", "PUBLIC"}) {
        EXPECT_EQ(post("post.created", 1, visibility), GH_OK);
        EXPECT_EQ(post("post.updated", 1, visibility), GH_OK);
        EXPECT_EQ(comment("comment.created", 1), GH_OK);
        EXPECT_EQ(comment("comment.deleted", 1), GH_OK);
        EXPECT_EQ(host_.deliver("post.deleted", R"({"id":1,"author_id":7})"), GH_OK);
    }
    send();
    EXPECT_TRUE(receiver_.received().empty());
    EXPECT_TRUE(deliveries(path_).empty());
}

TEST_F(WebhookPrivacyTest, OfPublicPostsTheTextStaysInside) {
    EXPECT_EQ(post("post.created", 1, "public"), GH_OK);
    EXPECT_EQ(comment("comment.created", 1), GH_OK);
    EXPECT_EQ(comment("comment.deleted", 1), GH_OK);
    EXPECT_EQ(host_.deliver("post.deleted", R"({"id":1,"author_id":7})"), GH_OK);
    send();
    for (const auto& one : receiver_.received()) EXPECT_EQ(one.body.find("the text"), std::string::npos);
}

TEST_F(WebhookPrivacyTest, APostThatIsHiddenIsGoneForTheOutside) {
    EXPECT_EQ(post("post.created", 1, "public"), GH_OK);
    send();
    EXPECT_EQ(post("post.updated", 1, "followers"), GH_OK);
    EXPECT_EQ(comment("comment.created", 1), GH_OK);
    EXPECT_EQ(host_.deliver("post.deleted", R"({"id":1,"author_id":7})"), GH_OK);
    send();
    EXPECT_EQ(types(), (Types{"post.created", "post.deleted"}));
    EXPECT_EQ(receiver_.received()[1].body.find("Title"), std::string::npos);
}

TEST_F(WebhookPrivacyTest, WhatWaitsIsTakenBackWhenItsPostIsHidden) {
    receiver_.answer([](const auto&) { return Receiver::status(500); });
    EXPECT_EQ(post("post.created", 1, "public"), GH_OK);
    send();
    receiver_.answer([](const auto&) { return Receiver::status(204); });
    EXPECT_EQ(post("post.updated", 1, "private"), GH_OK);
    send(std::chrono::minutes(2));
    EXPECT_EQ(types(), (Types{"post.created", "post.deleted"}));
    const auto withdrawn = deliveries(path_, "?state=withdrawn");
    ASSERT_EQ(withdrawn.size(), 1U);
    const std::string id = std::to_string(withdrawn[0].at("id").as_int64());
    EXPECT_EQ(as_admin("POST", path_ + "/deliveries/" + id + "/redeliver").send().status, 409);
}

TEST_F(WebhookPrivacyTest, WhatWasSentCannotBeSentAgainWhenItsPostIsHidden) {
    EXPECT_EQ(post("post.created", 1, "public"), GH_OK);
    send();
    EXPECT_EQ(post("post.updated", 1, "private"), GH_OK);
    const std::string id = std::to_string(deliveries(path_, "?state=sent")[0].at("id").as_int64());
    EXPECT_EQ(as_admin("POST", path_ + "/deliveries/" + id + "/redeliver").send().status, 409);
}

TEST_F(WebhookPrivacyTest, OfAccountsOnlyTheNameLeaves) {
    EXPECT_EQ(tell("user.registered",
                   R"({"id":7,"username":"ann","email":"ann@example.com","full_name":"Ann Lee","roles":["user"]})"),
              GH_OK);
    EXPECT_EQ(tell("user.renamed", R"({"id":7,"username":"anna","email":"ann@example.com"})"), GH_OK);
    EXPECT_EQ(tell("user.email_verified", R"({"id":7,"email":"ann@example.com"})"), GH_OK);
    EXPECT_EQ(tell("user.password_changed", R"({"id":7,"email":"ann@example.com"})"), GH_OK);
    EXPECT_EQ(tell("user.status_changed", R"({"id":7,"status":"banned","email":"ann@example.com"})"), GH_OK);
    EXPECT_EQ(ask_for_reset("e1", "ghp_secret"), GH_OK);
    EXPECT_EQ(
        host_.deliver("profile.updated", R"({"id":7,"username":"anna","phone":"+4912345678","birthday":"1990-01-01"})"),
        GH_OK);
    send();
    EXPECT_EQ(types(), (Types{"user.registered", "user.renamed", "profile.updated"}));
    for (const auto& one : receiver_.received()) {
        for (const char* const hidden : {"@", "Lee", "roles", "sealed", "+49", "1990"}) {
            EXPECT_EQ(one.body.find(hidden), std::string::npos) << one.body;
        }
    }
}

TEST_F(WebhookPrivacyTest, OfWhoIsGoneNothingIsKept) {
    EXPECT_EQ(tell("user.renamed", R"({"id":7,"username":"anna"})"), GH_OK);
    send();
    EXPECT_EQ(host_.deliver("profile.deleted", R"({"id":7})"), GH_OK);
    EXPECT_EQ(tell("user.deleted", R"({"id":7})"), GH_OK);
    send();
    EXPECT_EQ(types(), (Types{"user.renamed", "profile.deleted", "user.deleted"}));
    const std::string id = std::to_string(deliveries(path_)[2].at("id").as_int64());
    EXPECT_EQ(as_admin("POST", path_ + "/deliveries/" + id + "/redeliver").send().status, 409);
}

}  // namespace
