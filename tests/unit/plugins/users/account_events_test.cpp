// What auth tells about accounts becomes profiles; what happens to profiles is told to others.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <gatehouse/abi.h>
#include <gatehouse/testing.hpp>

#include <boost/json.hpp>

#include "tests/unit/plugins/support/test_database.hpp"

extern "C" const gh_plugin* gh_plugin_entry_v1(void);

namespace {

using gatehouse::testing::TestHost;

class AccountEventsTest : public ::testing::Test {
protected:
    gh_status tell(const std::string& type, const std::string& payload) {
        return host_.deliver(type, payload, {.source = "auth", .subject = "user/7"});
    }
    boost::json::value profile() { return host_.request("GET", "/api/users/7").send().json(); }
    std::vector<std::string> published() {
        std::vector<std::string> types;
        for (const auto& event : host_.published()) types.push_back(event.type + " " + event.subject);
        return types;
    }

    TestDatabase database_;
    TestHost host_{gh_plugin_entry_v1(), R"({"database":")" + database_.url() + R"("})"};
};

TEST_F(AccountEventsTest, AnAccountHasAProfileBeforeItsOwnerHasLookedAtIt) {
    EXPECT_EQ(tell("user.registered", R"({"id":7,"username":"Ann","email":"ann@example.com","roles":["user"]})"),
              GH_OK);
    EXPECT_EQ(profile().at("username"), "Ann");
}

TEST_F(AccountEventsTest, TheFullNameOfTheRegistrationIsInTheProfile) {
    EXPECT_EQ(tell("user.registered", R"({"id":7,"username":"Ann","full_name":"Ann van der Lee"})"), GH_OK);
    EXPECT_EQ(profile().at("full_name"), "Ann van der Lee");
    EXPECT_TRUE(profile().at("first_name").is_null()) << "nobody has said which part it is";
    const auto filled = host_.request("POST", "/api/users").as_user(7, "Ann").json(R"({"bio":"hello"})").send();
    EXPECT_EQ(filled.status, 201) << "the owner has filled in nothing yet";
    EXPECT_EQ(filled.json().at("full_name"), "Ann van der Lee");
}

TEST_F(AccountEventsTest, TheFullNameComesAfterTheFirstLookButNeverOverWhatTheOwnerSays) {
    const std::string registered = R"({"id":7,"username":"Ann","full_name":"Ann Lee"})";
    EXPECT_EQ(host_.request("GET", "/api/users/me").as_user(7, "Ann").send().status, 200);
    EXPECT_EQ(tell("user.registered", registered), GH_OK);
    EXPECT_EQ(profile().at("full_name"), "Ann Lee");
    EXPECT_EQ(published(), std::vector<std::string>{"profile.updated user/7"});
    const auto cleared = host_.request("PATCH", "/api/users/me").as_user(7, "Ann").json(R"({"full_name":null})").send();
    EXPECT_EQ(cleared.status, 200);
    EXPECT_EQ(tell("user.registered", registered), GH_OK);
    EXPECT_TRUE(profile().at("full_name").is_null());
}

TEST_F(AccountEventsTest, ARegistrationThatComesLateChangesNothing) {
    EXPECT_EQ(host_.request("PATCH", "/api/users/me").as_user(7, "Ann").json(R"({"bio":"hello"})").send().status, 200);
    EXPECT_EQ(tell("user.registered", R"({"id":7,"username":"Old","email":"ann@example.com"})"), GH_OK);
    EXPECT_EQ(profile().at("username"), "Ann");
    EXPECT_EQ(profile().at("bio"), "hello");
}

TEST_F(AccountEventsTest, TheNameFollowsTheAccount) {
    EXPECT_EQ(tell("user.registered", R"({"id":7,"username":"Ann"})"), GH_OK);
    EXPECT_EQ(tell("user.renamed", R"({"id":7,"username":"Anna"})"), GH_OK);
    EXPECT_EQ(profile().at("username"), "Anna");
    EXPECT_EQ(published(), std::vector<std::string>{"profile.updated user/7"});
}

// A token tells the name that the account had when it was made, for as long as it lives.
TEST_F(AccountEventsTest, ATokenFromBeforeARenamingDoesNotBringTheOldNameBack) {
    EXPECT_EQ(tell("user.registered", R"({"id":7,"username":"Ann"})"), GH_OK);
    EXPECT_EQ(tell("user.renamed", R"({"id":7,"username":"Anna"})"), GH_OK);
    EXPECT_EQ(host_.request("GET", "/api/users/me").as_user(7, "Ann").send().json().at("username"), "Anna");
    const auto changed = host_.request("PATCH", "/api/users/me").as_user(7, "Ann").json(R"({"bio":"hello"})").send();
    EXPECT_EQ(changed.json().at("username"), "Anna");
    EXPECT_EQ(profile().at("username"), "Anna");
    EXPECT_EQ(host_.request("GET", "/api/users?q=anna").send().json().at("items").as_array().size(), 1U);
}

TEST_F(AccountEventsTest, TheProfileGoesWithTheAccount) {
    EXPECT_EQ(tell("user.registered", R"({"id":7,"username":"Ann"})"), GH_OK);
    EXPECT_EQ(tell("user.deleted", R"({"id":7})"), GH_OK);
    EXPECT_EQ(tell("user.deleted", R"({"id":7})"), GH_OK);
    EXPECT_EQ(profile().at("deleted"), true);
    EXPECT_EQ(published(), std::vector<std::string>{"profile.deleted user/7"});
}

TEST_F(AccountEventsTest, TheProfileIsHiddenWhileTheAccountIsBanned) {
    EXPECT_EQ(tell("user.registered", R"({"id":7,"username":"Ann"})"), GH_OK);
    const auto found = [&] {
        return host_.request("GET", "/api/users?q=an").send().json().at("items").as_array().size();
    };
    EXPECT_EQ(found(), 1U);
    EXPECT_EQ(tell("user.status_changed", R"({"id":7,"username":"Ann","status":"banned"})"), GH_OK);
    EXPECT_EQ(profile().at("deleted"), true);
    EXPECT_TRUE(profile().at("username").is_null());
    EXPECT_EQ(found(), 0U);
    EXPECT_EQ(tell("user.status_changed", R"({"id":7,"username":"Ann","status":"active"})"), GH_OK);
    EXPECT_EQ(profile().at("username"), "Ann");
    EXPECT_EQ(found(), 1U);
}

TEST_F(AccountEventsTest, TellsWhatEverybodyMaySee) {
    EXPECT_EQ(host_.request("PATCH", "/api/users/me")
                  .as_user(7, "Ann")
                  .json(R"({"bio":"hello","phone":"+49 30 123456"})")
                  .send()
                  .status,
              200);
    const auto events = host_.published();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].json().at("bio"), "hello");
    EXPECT_EQ(events[0].data.find("123456"), std::string::npos);
}

}  // namespace
