// What auth tells other services about accounts.
#include <algorithm>
#include <boost/json.hpp>
#include <vector>

#include "tests/unit/plugins/auth/fixture.hpp"

namespace auth::testing {
namespace {

class AccountEventsTest : public AuthTest {
protected:
    // But for those that ask for a mail; see email_test.cpp.
    std::vector<std::string> published() {
        std::vector<std::string> types;
        for (const auto& event : host().published()) {
            if (!event.type.ends_with("_requested")) types.push_back(event.type);
        }
        return types;
    }
};

TEST_F(AccountEventsTest, TellsOfANewAccount) {
    const Login ann = sign_up("ann");
    const auto events = host().published();
    ASSERT_EQ(events.size(), 2U) << "and one for the mail";
    EXPECT_EQ(events[0].type, "user.registered");
    EXPECT_EQ(events[0].subject, "user/" + std::to_string(ann.id));
    EXPECT_EQ(events[0].json().at("id"), ann.id);
    EXPECT_EQ(events[0].json().at("username"), "ann");
    EXPECT_EQ(events[0].data.find("argon2"), std::string::npos);
    EXPECT_EQ(events[0].data.find("horse"), std::string::npos);
}

TEST_F(AccountEventsTest, TellsNothingOfANameThatIsTaken) {
    static_cast<void>(sign_up("ann"));
    EXPECT_EQ(post("/api/auth/register",
                   R"({"username":"ANN","email":"other@example.com","password":"correct horse battery"})")
                  .status,
              409);
    EXPECT_EQ(published().size(), 1U);
}

TEST_F(AccountEventsTest, TellsOfNewNames) {
    const Login ann = sign_up("ann");
    const std::string change = R"({"username":"anna","email":"anna@example.org","password":"correct horse battery"})";
    EXPECT_EQ(request("PATCH", "/api/auth/me", ann.access_token).json(change).send().status, 200);
    EXPECT_EQ(request("PATCH", "/api/auth/me", ann.access_token).json(change).send().status, 200) << "the same again";
    EXPECT_EQ(published(), (std::vector<std::string>{"user.registered", "user.renamed", "user.email_changed"}));
}

TEST_F(AccountEventsTest, TellsOfLoginsAndNewPasswords) {
    const Login ann = sign_up("ann");
    ASSERT_EQ(log_in("ann", kPassword).status, 200);
    EXPECT_EQ(log_in("ann", "wrong horse battery").status, 401);
    ASSERT_EQ(
        post("/api/auth/change-password",
             R"({"old_password":"correct horse battery","new_password":"another horse battery"})", ann.access_token)
            .status,
        204);
    EXPECT_EQ(published(), (std::vector<std::string>{"user.registered", "user.logged_in", "user.password_changed"}));
    for (const auto& event : host().published()) {
        EXPECT_EQ(event.data.find("horse"), std::string::npos) << event.type;
        EXPECT_EQ(event.data.find("argon2"), std::string::npos) << event.type;
        EXPECT_EQ(event.subject, "user/" + std::to_string(ann.id));
        if (event.type == "user.logged_in") {
            EXPECT_EQ(event.json().at("ip"), "192.0.2.1");
            EXPECT_EQ(event.json().at("device"), "test");
        }
    }
}

TEST_F(AccountEventsTest, TellsOfOtherRolesOnce) {
    const Login ann = sign_up("ann");
    EXPECT_EQ(change_rights(ann.id, R"({"roles":["user","moderator"]})").status, 200);
    EXPECT_EQ(change_rights(ann.id, R"({"roles":["moderator","user","user"]})").status, 200);
    EXPECT_EQ(published(), (std::vector<std::string>{"user.registered", "user.roles_changed"}));
}

TEST_F(AccountEventsTest, TellsOfBansAndDeletions) {
    const Login ann = sign_up("ann");
    EXPECT_EQ(change_rights(ann.id, R"({"status":"banned"})").status, 200);
    EXPECT_EQ(change_rights(ann.id, R"({"status":"banned"})").status, 200);
    EXPECT_EQ(change_rights(ann.id, R"({"status":"deleted"})").status, 200);
    EXPECT_EQ(published(), (std::vector<std::string>{"user.registered", "user.status_changed", "user.status_changed",
                                                     "user.deleted"}));
}

}  // namespace
}  // namespace auth::testing
