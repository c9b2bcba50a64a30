// What auth tells other services about accounts.
#include <algorithm>
#include <boost/json.hpp>
#include <vector>

#include "tests/unit/plugins/auth/fixture.hpp"

namespace auth::testing {
namespace {

class AccountEventsTest : public AuthTest {
protected:
    std::vector<std::string> published() {
        std::vector<std::string> types;
        for (const auto& event : host().published()) types.push_back(event.type);
        return types;
    }
};

TEST_F(AccountEventsTest, TellsOfANewAccount) {
    const Login ann = sign_up("ann");
    const auto events = host().published();
    ASSERT_EQ(events.size(), 1U);
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
