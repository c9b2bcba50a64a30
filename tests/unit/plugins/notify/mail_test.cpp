// Which event becomes which mail, once.
#include "tests/unit/plugins/notify/notify_fixture.hpp"

namespace {

using MailTest = NotifyFixture;

TEST_F(MailTest, AnEventIsMailedOnceHoweverOftenItComes) {
    EXPECT_EQ(register_ann(), GH_OK);
    EXPECT_EQ(confirm_ann(), GH_OK);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(follow("the-same"), GH_OK);
    send_mails();
    EXPECT_EQ(follow("the-same"), GH_OK);
    send_mails();
    ASSERT_EQ(mails().size(), 1U);
    EXPECT_NE(mails()[0].find("To: <ann@example.com>"), std::string::npos);
    EXPECT_NE(mails()[0].find("Subject: bob follows you"), std::string::npos);
    EXPECT_NE(mails()[0].find("Message-ID: <the-same.new_follower."), std::string::npos);
}

TEST_F(MailTest, AnAddressThatIsNotConfirmedGetsNoNewsOfOthers) {
    EXPECT_EQ(register_ann(), GH_OK);
    EXPECT_EQ(follow(), GH_OK);
    send_mails();
    EXPECT_TRUE(mails().empty());
    EXPECT_EQ(confirm_ann(), GH_OK);
    EXPECT_EQ(tell("user.email_changed", R"({"id":7,"email":"new@example.com","old_email":"ann@example.com"})"), GH_OK);
    EXPECT_EQ(follow(), GH_OK);
    send_mails();
    ASSERT_EQ(mails().size(), 1U);  // the warning to the old one
    EXPECT_NE(mails()[0].find("To: <ann@example.com>"), std::string::npos);
}

TEST_F(MailTest, ATokenIsMailedAndThenErased) {
    EXPECT_EQ(ask_for_reset("e1", "ghp_secret"), GH_OK);
    send_mails();
    ASSERT_EQ(mails().size(), 1U);
    EXPECT_NE(mails()[0].find("To: <ann@example.com>"), std::string::npos);
    for (const auto& line : host_.logs()) EXPECT_EQ(line.message.find("ghp_secret"), std::string::npos);
    const auto sent = host_.admin("mails.list", R"({"state":"sent"})").json;
    EXPECT_EQ(boost::json::parse(sent).at("count"), 1);
    EXPECT_EQ(sent.find("ghp_secret"), std::string::npos);
}

TEST_F(MailTest, ATokenThatIsOverIsNotMailed) {
    EXPECT_EQ(ask_for_reset("e1", "ghp_secret", std::chrono::minutes(0)), GH_OK);
    send_mails();
    EXPECT_TRUE(mails().empty());
    EXPECT_EQ(boost::json::parse(host_.admin("mails.list", R"({"state":"expired"})").json).at("count"), 1);
}

TEST_F(MailTest, ATokenOfAnotherEventIsPutAside) {
    const std::string until = gatehouse::to_rfc3339(host_.wall_time() + std::chrono::minutes(5));
    EXPECT_EQ(tell("user.password_reset_requested",
                   R"({"id":7,"username":"ann","email":"ann@example.com","sealed":")" +
                       gatehouse::Sealer(kKey).seal("x", "another") + R"(","expires_at":")" + until + R"("})",
                   "e1"),
              GH_OK);
    send_mails();
    EXPECT_TRUE(mails().empty());
    EXPECT_EQ(dead().at("count"), 1);
}

TEST_F(MailTest, ABadAddressIsPutAsideAndCanBeRedriven) {
    EXPECT_EQ(tell("user.status_changed",
                   R"({"id":7,"username":"ann","email":"a@b\r\nBcc: x@y","status":"banned","reason":"spam"})"),
              GH_OK);
    send_mails();
    EXPECT_TRUE(mails().empty());
    EXPECT_EQ(dead().at("count"), 1);
    EXPECT_EQ(boost::json::parse(host_.admin("mails.redrive", R"({"all":true})").json).at("count"), 1);
    EXPECT_EQ(dead().at("count"), 0);
    send_mails();
    EXPECT_EQ(dead().at("count"), 1);
    EXPECT_NE(host_.admin("mails.redrive", "{}").status, GH_OK);
}

TEST_F(MailTest, ADirectoryThatCannotBeWrittenOnlyDelays) {
    std::ofstream(mails_) << "in the way";
    EXPECT_EQ(tell("user.status_changed", R"({"id":7,"username":"ann","email":"ann@example.com","status":"banned"})"),
              GH_OK);
    send_mails();
    send_mails();
    std::filesystem::remove(mails_);
    host_.advance(std::chrono::minutes(2));
    EXPECT_EQ(mails().size(), 1U);
}

TEST_F(MailTest, WhoIsGoneGetsNothing) {
    EXPECT_EQ(register_ann(), GH_OK);
    EXPECT_EQ(tell("user.password_changed", R"({"id":7,"username":"ann","email":"ann@example.com"})"), GH_OK);
    EXPECT_EQ(tell("user.deleted", R"({"id":7})"), GH_OK);
    send_mails();
    EXPECT_TRUE(mails().empty());
    EXPECT_TRUE(get("/api/notifications").at("items").as_array().empty());
}

TEST_F(MailTest, TheUsersLanguageIsSpoken) {
    EXPECT_EQ(register_ann(), GH_OK);
    EXPECT_EQ(host_.request("PUT", "/api/notifications/settings")
                  .as_user(7, "ann")
                  .json(R"({"language":"ru"})")
                  .send()
                  .status,
              200);
    EXPECT_EQ(tell("user.password_changed", R"({"id":7})"), GH_OK);
    send_mails();
    ASSERT_EQ(mails().size(), 1U);
    EXPECT_NE(mails()[0].find("Content-Language: ru"), std::string::npos);
    EXPECT_EQ(get("/api/notifications").at("items").at(0).at("text"), "Ваш пароль изменён.");
}

TEST_F(MailTest, APayloadThatCannotBeReadIsADeadLetter) {
    EXPECT_EQ(tell("user.registered", R"({"id":"x"})", "unreadable"), GH_OK);
    EXPECT_NE(host_.admin("events.dead").json.find("unreadable"), std::string::npos);
}

}  // namespace
