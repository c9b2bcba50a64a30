#include <boost/json/value.hpp>

#include "tests/unit/plugins/auth/fixture.hpp"
#include "tests/unit/plugins/auth/keys.hpp"

namespace auth::testing {
namespace {

using namespace std::chrono_literals;

class VerifyTest : public AuthTest {
protected:
    // The request's id is all that may differ.
    static boost::json::object without_instance(const Answer& answer) {
        boost::json::object problem = answer.json().as_object();
        problem.erase("instance");
        return problem;
    }
};

TEST_F(VerifyTest, TellsWhoItIs) {
    const Login login = sign_up("Ann");
    const Answer answer = get("/api/auth/verify", login.access_token);
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("x-user-id"), std::to_string(login.id));
    EXPECT_EQ(answer.header("x-user-name"), "Ann");
    EXPECT_EQ(answer.header("x-user-roles"), "user");
    EXPECT_FALSE(answer.header("x-session-id").empty());
}

TEST_F(VerifyTest, RefusesEveryOtherCredentialAlike) {
    const Login login = sign_up("ann");
    const std::string token = login.access_token;
    EXPECT_EQ(request("GET", "/api/auth/verify").header("authorization", "bearer " + token).send().status, 200);
    EXPECT_EQ(request("GET", "/api/auth/verify").header("authorization", "Bearer  " + token).send().status, 200)
        << "1*SP";
    const Answer none = get("/api/auth/verify");
    EXPECT_EQ(none.status, 401);
    EXPECT_EQ(none.header("www-authenticate"), "Bearer");
    const Answer junk = request("GET", "/api/auth/verify").header("authorization", "Bearer junk").send();
    for (const std::string& field :
         {"Bearer " + token + " ", "Bearer\t" + token, std::string("Bearer"), std::string("Bearer "),
          "Bearer " + token + "," + token, "Bearer " + std::string(9'000, 'a'), "Bearer " + std::string(65'536, '.')}) {
        const Answer answer = request("GET", "/api/auth/verify").header("authorization", field).send();
        EXPECT_EQ(answer.status, 401) << field;
        EXPECT_EQ(answer.header("www-authenticate"), "Bearer error=\"invalid_token\"");
        EXPECT_EQ(without_instance(answer), without_instance(junk));
    }
    for (const std::string& field :
         {token, "Basic " + token, "Token " + token, "Bearer:" + token, "Bearers " + token}) {
        const Answer answer = request("GET", "/api/auth/verify").header("authorization", field).send();
        EXPECT_EQ(answer.status, 401) << field;
        EXPECT_EQ(answer.header("www-authenticate"), "Bearer") << "no token that could be invalid: " << field;
        const Answer own = request("GET", "/api/auth/me").header("authorization", field).send();
        EXPECT_EQ(own.header("www-authenticate"), "Bearer") << field;
        EXPECT_EQ(request("GET", "/api/auth/verify")
                      .header("authorization", field)
                      .header("cookie", "session=" + token)
                      .send()
                      .status,
                  401)
            << "not made up for by a cookie: " << field;
    }
    const Answer twice = request("GET", "/api/auth/verify", token).header("authorization", "Bearer " + token).send();
    EXPECT_EQ(twice.status, 401) << "two fields";
    const Answer both = request("GET", "/api/auth/verify")
                            .header("authorization", "Bearer junk")
                            .header("cookie", "session=" + token)
                            .send();
    EXPECT_EQ(both.status, 401) << "a bad field is not made up for by a cookie";
}

TEST_F(VerifyTest, ATokenEndsAfterItsLifetime) {
    const Login login = sign_up("ann");
    host().advance(899s);
    EXPECT_EQ(verify(login.access_token), 200);
    host().advance(1s);
    EXPECT_EQ(verify(login.access_token), 401);
}

TEST_F(VerifyTest, KeysArePublishedAndRotateWithOverlap) {
    const Login login = sign_up("ann");
    const Answer keys = get("/.well-known/jwks.json");
    EXPECT_EQ(keys.status, 200);
    EXPECT_EQ(keys.json().at("keys").at(0).at("alg"), "EdDSA");
    EXPECT_EQ(keys.json().at("keys").at(0).as_object().if_contains("d"), nullptr);

    const auto pem_as_json = [](std::string pem) {
        for (std::size_t at = 0; (at = pem.find('\n', at)) != pem.npos; at += 2) pem.replace(at, 1, "\\n");
        return "\"" + pem + "\"";
    };
    const std::string next = "\"signing_key\":" + pem_as_json(new_pem("EC"));
    const auto overlapping =
        new_host(next + ",\"verify_keys\":[{\"key\":" + pem_as_json(public_pem(signing_key)) + "}]");
    EXPECT_EQ(verify(*overlapping, login.access_token), 200);
    EXPECT_EQ(overlapping->request("GET", "/.well-known/jwks.json").send().json().at("keys").as_array().size(), 2u);
    const auto rotated = new_host(next);
    EXPECT_EQ(verify(*rotated, login.access_token), 401);
}

class SessionTest : public AuthTest {};

TEST_F(SessionTest, LogoutEndsThisSessionAtOnce) {
    const Login one = sign_up("ann"), two = login_of(log_in("ann", kPassword));
    EXPECT_EQ(request("POST", "/api/auth/logout", one.access_token).send().status, 204);
    EXPECT_EQ(verify(one.access_token), 401);
    EXPECT_EQ(refresh(one.refresh_token).status, 401);
    EXPECT_EQ(verify(two.access_token), 200);
    EXPECT_EQ(request("POST", "/api/auth/logout", one.access_token).send().status, 401) << "it is nobody's any more";
    EXPECT_EQ(request("POST", "/api/auth/logout").send().status, 401);
}

TEST_F(SessionTest, LogoutOfAllEndsEverySessionOfThisUserOnly) {
    const Login one = sign_up("ann"), two = login_of(log_in("ann", kPassword)), bob = sign_up("bob");
    EXPECT_EQ(post("/api/auth/logout", R"({"all":true})", one.access_token).status, 204);
    EXPECT_EQ(verify(one.access_token), 401);
    EXPECT_EQ(verify(two.access_token), 401);
    EXPECT_EQ(refresh(two.refresh_token).status, 401);
    EXPECT_EQ(verify(bob.access_token), 200);
}

TEST_F(SessionTest, TheGatewaysIdentityIsEnough) {
    const Login login = sign_up("ann");
    const std::string session = get("/api/auth/verify", login.access_token).header("x-session-id");
    EXPECT_EQ(host().request("GET", "/api/auth/me").as_user(login.id, "ann").send().json().at("username"), "ann");
    EXPECT_EQ(host().request("POST", "/api/auth/logout").as_user(login.id, "ann").session(session).send().status, 204);
    EXPECT_EQ(verify(login.access_token), 401);
}

TEST_F(SessionTest, SessionsAreListedAndEndedByTheirOwner) {
    const Login one = sign_up("ann"), two = login_of(log_in("ann", kPassword)), bob = sign_up("bob");
    const auto list = get("/api/auth/sessions", two.access_token).json().at("items").as_array();
    ASSERT_EQ(list.size(), 2u);
    EXPECT_EQ(list[0].at("current"), true);
    EXPECT_EQ(list[0].at("device"), "test");
    EXPECT_EQ(list[0].at("ip"), "192.0.2.1");
    EXPECT_EQ(list[1].at("current"), false);
    const std::string path = "/api/auth/sessions/" + std::to_string(list[1].at("id").as_int64());
    EXPECT_EQ(request("DELETE", path, bob.access_token).send().status, 404) << "not his";
    EXPECT_EQ(request("DELETE", path, {}).send().status, 401) << "before anything is said about the session";
    const char* const impossible = "/api/auth/sessions/9223372036854775808";
    EXPECT_EQ(request("DELETE", impossible, {}).send().status, 401) << "nor about what is no id";
    EXPECT_EQ(request("DELETE", impossible, two.access_token).send().status, 404);
    EXPECT_EQ(verify(one.access_token), 200);
    EXPECT_EQ(request("DELETE", path, two.access_token).send().status, 204);
    EXPECT_EQ(verify(one.access_token), 401);
    EXPECT_EQ(request("DELETE", path, two.access_token).send().status, 404);
}

TEST_F(SessionTest, TheOldestSessionMakesRoom) {
    const auto small = new_host(R"("sessions_per_user":3)");
    const Login first = sign_up("ann");
    std::vector<std::string> tokens = {first.access_token};
    for (int i = 0; i < 4; ++i) {
        tokens.push_back(login_of(small->request("POST", "/api/auth/login")
                                      .json(R"({"login":"ann","password":"correct horse battery"})")
                                      .send())
                             .access_token);
    }
    for (std::size_t i = 0; i < tokens.size(); ++i) EXPECT_EQ(verify(*small, tokens[i]), i < 2 ? 401 : 200) << i;
}

TEST_F(SessionTest, RevocationsReachOtherProcessesAndSurviveARestart) {
    const auto other = new_host();
    const Login ann = sign_up("ann"), bob = sign_up("bob");
    ASSERT_EQ(verify(*other, ann.access_token), 200);
    ASSERT_EQ(verify(*other, bob.access_token), 200);
    post("/api/auth/logout", "{}", ann.access_token);
    change_rights(bob.id, R"({"roles":["user","admin"]})");
    wait_until([&] { return verify(*other, ann.access_token) == 401 && verify(*other, bob.access_token) == 401; });
    const auto restarted = new_host();
    EXPECT_EQ(verify(*restarted, ann.access_token), 401);
    EXPECT_EQ(verify(*restarted, bob.access_token), 401);
}

}  // namespace
}  // namespace auth::testing
