// The first administrator's one-time link.
#include <atomic>
#include <boost/json.hpp>

#include "tests/unit/plugins/auth/fixture.hpp"

namespace auth::testing {
namespace {

using namespace std::chrono_literals;

class InvitationTest : public AuthTest {
protected:
    boost::json::value invite(const std::string& arguments = "{}") {
        const auto answer = host().admin("users.invite", arguments);
        EXPECT_EQ(answer.status, GH_OK) << answer.json;
        return boost::json::parse(answer.json);
    }
    static std::string token_of(const boost::json::value& invitation) {
        return std::string(invitation.at("token").as_string());
    }
    Answer accept(const std::string& token, const std::string& name = "root1") {
        return post("/api/auth/invitation", R"({"token":")" + token + R"(","username":")" + name + R"(","email":")" +
                                                name + R"(@example.com","password":"correct horse battery"})");
    }
};

TEST_F(InvitationTest, TheLinkMakesOneAdministrator) {
    const auto invitation = invite();
    const std::string token = token_of(invitation);
    EXPECT_EQ(invitation.at("link").as_string(), "/api/auth/invitation#" + token);
    const Answer made = accept(token);
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(get("/api/auth/verify", login_of(made).access_token).header("x-user-roles"), "admin,user");
    EXPECT_EQ(accept(token, "root2").error_pointers(), std::vector<std::string>{"/token"});
    for (const auto& line : host().logs()) EXPECT_EQ(line.message.find(token), std::string::npos);
}

TEST_F(InvitationTest, AnAdministratorMayBeCalledSo) {
    EXPECT_EQ(accept(token_of(invite()), "admin").status, 201);
    const std::string token = token_of(invite(R"({"roles":["user","moderator"]})"));
    const Answer refused = accept(token, "root");
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(refused.error_pointers(), std::vector<std::string>{"/username"});
    EXPECT_EQ(accept(token, "mod1").status, 201) << "the mistake has not used it up";
}

TEST_F(InvitationTest, ItExpires) {
    const std::string token = token_of(invite()), soon = token_of(invite(R"({"valid_for":"1m"})"));
    host().advance(1min);
    EXPECT_EQ(accept(soon).status, 422);
    host().advance(59min);
    EXPECT_EQ(accept(token).status, 422);
    for (const char* junk : {"x", "ghi_", ""}) EXPECT_EQ(accept(junk).status, 422) << junk;
    for (const char* bad : {R"({"valid_for":"8d"})", R"({"valid_for":"0s"})", R"({"roles":["A,B"]})"}) {
        EXPECT_EQ(host().admin("users.invite", bad).status, GH_E_INVALID) << bad;
    }
}

TEST_F(InvitationTest, AMistakeInTheFormDoesNotUseItUp) {
    sign_up("ann");
    const std::string token = token_of(invite());
    EXPECT_EQ(accept(token, "ann").status, 409);
    EXPECT_EQ(accept(token, "x").status, 422);
    EXPECT_EQ(accept(token).status, 201);
}

TEST_F(InvitationTest, OfManyAtTheSameTimeOneGetsIn) {
    const std::string token = token_of(invite());
    std::atomic<int> made = 0, refused = 0;
    crowd(8, [&](int i) {
        const int status = accept(token, "root" + std::to_string(i)).status;
        made += status == 201 ? 1 : 0;
        refused += status == 422 ? 1 : 0;
    });
    EXPECT_EQ(made, 1);
    EXPECT_EQ(refused, 7);
}

TEST_F(InvitationTest, TheRolesAreTheInvitationsNotTheGuests) {
    const auto invitation = invite(R"({"roles":["user","moderator"]})");
    const Answer made = post("/api/auth/invitation",
                             R"({"token":")" + token_of(invitation) +
                                 R"(","username":"mod1","email":"m@example.com","password":"correct horse battery",)"
                                 R"("roles":["admin"]})");
    EXPECT_EQ(get("/api/auth/verify", login_of(made).access_token).header("x-user-roles"), "moderator,user");
}

TEST_F(InvitationTest, ThePageNeedsNothingElseAndLetsNothingElseIn) {
    const Answer page = get("/api/auth/invitation");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.header("content-type"), "text/html; charset=utf-8");
    const std::string policy = page.header("content-security-policy");
    EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
    EXPECT_EQ(policy.find("unsafe"), std::string::npos);
    const auto at = policy.find("'nonce-") + 7;
    const std::string nonce = policy.substr(at, policy.find('\'', at) - at);
    EXPECT_NE(page.body.find("<script nonce=\"" + nonce + "\">"), std::string::npos);
    EXPECT_EQ(get("/api/auth/invitation").body.find(nonce), std::string::npos) << "another one each time";
}

TEST_F(InvitationTest, TheLinkBeginsWithTheConfiguredAddress) {
    const auto named = new_host(R"("public_url":"https://example.com")");
    const auto answer = boost::json::parse(named->admin("users.invite").json);
    EXPECT_TRUE(answer.at("link").as_string().starts_with("https://example.com/api/auth/invitation#ghi_"));
    EXPECT_THROW(new_host(R"("public_url":"example.com/x")"), std::runtime_error);
}

}  // namespace
}  // namespace auth::testing
