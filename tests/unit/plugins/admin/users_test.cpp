#include "tests/unit/plugins/admin/admin_fixture.hpp"

namespace {

class UsersTest : public AdminFixture {
protected:
    Answer roles(const Person& who, std::int64_t id, std::string body, std::string if_match = {}) {
        return send(who, "PATCH", "/api/admin/users/" + std::to_string(id), std::move(body), std::move(if_match));
    }
};

TEST_F(UsersTest, EveryRouteIsForAdministratorsAlone) {
    const std::pair<const char*, const char*> routes[] = {
        {"GET", "/api/admin/users"},          {"GET", "/api/admin/users/7"},
        {"PATCH", "/api/admin/users/7"},      {"POST", "/api/admin/users/7/ban"},
        {"POST", "/api/admin/users/7/unban"}, {"POST", "/api/admin/users/7/verify-email"},
        {"GET", "/api/admin/audit"}};
    for (const auto& [method, target] : routes) {
        EXPECT_EQ(send(kNobody, method, target, "{}").status, 401) << method << target;
        EXPECT_EQ(send(kAnn, method, target, "{}").status, 403) << method << target;
        EXPECT_EQ(send(kMod, method, target, "{}").status, 403) << method << target;
    }
    EXPECT_TRUE(changes_.empty());
    EXPECT_TRUE(audit().empty());
}

TEST_F(UsersTest, AreListedByAuth) {
    const Answer all = send(kRoot, "GET", "/api/admin/users?limit=50&status=banned&email_verified=false&q=a%26b%20c");
    ASSERT_EQ(all.status, 200) << all.body;
    EXPECT_EQ(list_target_, "/api/auth/users?limit=50&status=banned&email_verified=false&q=a%26b%20c");
    EXPECT_EQ(all.json().at("items").as_array().size(), accounts_.size());
    EXPECT_TRUE(all.json().at("items").at(0).at("ban").is_null());
}

TEST_F(UsersTest, QueriesThatMakeNoSenseAreNamed) {
    const std::pair<const char*, const char*> queries[] = {{"?status=gone", "?status"},
                                                           {"?limit=0", "?limit"},
                                                           {"?limit=101", "?limit"},
                                                           {"?email_verified=maybe", "?email_verified"},
                                                           {"?cursor=forged", "?cursor"}};
    for (const auto& [query, parameter] : queries) {
        const Answer refused = send(kRoot, "GET", std::string("/api/admin/users") + query);
        EXPECT_EQ(refused.status, 422) << query;
        EXPECT_EQ(refused.error_pointers(), std::vector<std::string>{parameter});
    }
}

TEST_F(UsersTest, OneIsShownWithATag) {
    const Answer ann = send(kRoot, "GET", "/api/admin/users/7");
    EXPECT_EQ(ann.json().at("email"), "ann@example.com");
    EXPECT_EQ(host_.request("GET", "/api/admin/users/7")
                  .as_user(30, "root", {"admin"})
                  .header("if-none-match", ann.header("etag"))
                  .send()
                  .status,
              304);
    EXPECT_EQ(send(kRoot, "GET", "/api/admin/users/999").status, 404);
    EXPECT_EQ(send(kRoot, "GET", "/api/admin/users/-7").status, 404);
}

TEST_F(UsersTest, GetOtherRoles) {
    const Answer changed = roles(kRoot, 7, R"({"roles":["user","moderator","user"]})");
    ASSERT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(accounts_[7].roles, (std::vector<std::string>{"moderator", "user"}));
    EXPECT_EQ(changed.header("etag"), send(kRoot, "GET", "/api/admin/users/7").header("etag"));
    EXPECT_EQ(audit(), std::vector<std::string>{"user.roles user/7"});
    EXPECT_EQ(roles(kRoot, 7, R"({"roles":["moderator","user"]})").status, 200);
    EXPECT_EQ(changes_.size(), 1U) << "nothing to change";
}

TEST_F(UsersTest, UnknownRolesAndNoneAreRefused) {
    const Answer unknown = roles(kRoot, 7, R"({"roles":["user","king","admin "]})");
    EXPECT_EQ(unknown.status, 422);
    EXPECT_EQ(unknown.error_pointers(), (std::vector<std::string>{"/roles/1", "/roles/2"}));
    for (const char* body : {R"({"roles":[]})", "{}", R"({"roles":"admin"})", R"({"roles":null})"}) {
        EXPECT_EQ(roles(kRoot, 7, body).error_pointers(), std::vector<std::string>{"/roles"}) << body;
    }
    EXPECT_TRUE(changes_.empty());
}

TEST_F(UsersTest, NobodyDemotesHimselfNorTheLastAdministrator) {
    EXPECT_EQ(roles(kRoot, 30, R"({"roles":["user"]})").status, 409);
    EXPECT_EQ(roles(kRoot, 30, R"({"roles":["admin"]})").status, 200) << "he stays one";
    EXPECT_EQ(roles(kRoot, 31, R"({"roles":["user"]})").status, 200);
    // The token of boss would be refused by now; the rule does not depend on it.
    const Answer refused = roles(kBoss, 30, R"({"roles":["user"]})");
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(refused.json().at("detail"), "There would be no administrator left.");
    EXPECT_EQ(ban(kBoss, 30).status, 409);
    EXPECT_EQ(accounts_[30].status, "active");
    EXPECT_EQ(audit("?limit=4"), (std::vector<std::string>{"user.ban_refused user/30", "user.ban user/30",
                                                           "user.roles_refused user/30", "user.roles user/30"}));
}

TEST_F(UsersTest, ChangesAreRefusedWhenSomebodyElseWasFirst) {
    const std::string tag = send(kRoot, "GET", "/api/admin/users/7").header("etag");
    EXPECT_EQ(roles(kBoss, 7, R"({"roles":["moderator"]})", tag).status, 200);
    EXPECT_EQ(roles(kRoot, 7, R"({"roles":["user","admin"]})", tag).status, 412);
    EXPECT_EQ(accounts_[7].roles, std::vector<std::string>{"moderator"});

    const std::string now = send(kRoot, "GET", "/api/admin/users/8").header("etag");
    before_change_ = [this] { accounts_[8].roles = {"moderator"}; };
    EXPECT_EQ(roles(kRoot, 8, R"({"roles":["admin"]})", now).status, 412) << "between our look and our change";
    before_change_ = [this] { accounts_[9].roles = {"moderator"}; };
    EXPECT_EQ(roles(kRoot, 9, R"({"roles":["admin"]})").status, 409);
    EXPECT_EQ(accounts_[9].roles, std::vector<std::string>{"moderator"});
}

TEST_F(UsersTest, AddressesAreTakenAsProved) {
    const Answer verified = act(kRoot, 7, "/verify-email");
    EXPECT_EQ(verified.json().at("email_verified"), true);
    EXPECT_TRUE(accounts_[7].email_verified);
    EXPECT_EQ(act(kRoot, 7, "/verify-email").status, 200);
    EXPECT_EQ(audit(), std::vector<std::string>{"user.verify_email user/7"});
    EXPECT_EQ(act(kRoot, 999, "/verify-email").status, 404);
}

TEST_F(UsersTest, NothingIsChangedOfDeletedAccounts) {
    accounts_[7].status = "deleted";
    EXPECT_EQ(ban(kRoot, 7).status, 409);
    EXPECT_EQ(act(kRoot, 7, "/unban").status, 409) << "it would bring the account back";
    EXPECT_EQ(act(kRoot, 7, "/verify-email").status, 409);
    EXPECT_EQ(roles(kRoot, 7, R"({"roles":["user"]})").status, 409);
    EXPECT_TRUE(changes_.empty());
    EXPECT_TRUE(audit().empty());
}

TEST_F(UsersTest, NothingIsDecidedWithoutAuth) {
    auth_ = Peer::down;
    EXPECT_EQ(send(kRoot, "GET", "/api/admin/users").status, 503);
    const Answer refused = ban(kRoot, 7);
    EXPECT_EQ(refused.status, 503);
    EXPECT_TRUE(refused.has_header("retry-after"));
    EXPECT_TRUE(audit().empty());
}

}  // namespace
