#include <gatehouse/storage.hpp>

#include "migrations.hpp"
#include "plugins/auth/base64url.hpp"
#include "plugins/auth/crypto.hpp"
#include "plugins/auth/login_service.hpp"
#include "tests/unit/plugins/auth/fixture.hpp"

namespace auth::testing {
namespace {

using namespace std::chrono_literals;

class LoginTest : public AuthTest {};

TEST_F(LoginTest, TakesTheNameOrTheAddressUnderAnyOfThreeNames) {
    sign_up("ann");
    for (const char* body : {R"({"login":"ann","password":"correct horse battery"})",
                             R"({"login":"ANN","password":"correct horse battery"})",
                             R"({"login":"Ann@example.com","password":"correct horse battery"})",
                             R"({"username":"ann","password":"correct horse battery"})",
                             R"({"email":"ann@example.com","password":"correct horse battery"})"}) {
        const Answer answer = post("/api/auth/login", body);
        ASSERT_EQ(answer.status, 200) << body << answer.body;
        EXPECT_EQ(verify(login_of(answer).access_token), 200);
    }
    EXPECT_EQ(post("/api/auth/login", "{}").status, 422);
    EXPECT_EQ(post("/api/auth/login", R"({"password":"x"})").error_pointers(), std::vector<std::string>{"/login"});
}

TEST_F(LoginTest, AnUnknownUserAndAWrongPasswordGetTheSameAnswer) {
    sign_up("ann");
    const Answer wrong = log_in("ann", "wrong horse battery"), unknown = log_in("nobody", "wrong horse battery"),
                 odd = log_in("no such name! \xf0\x9f\x90\x80", "x");
    for (const Answer* answer : {&unknown, &odd}) {
        EXPECT_EQ(answer->status, 401);
        EXPECT_EQ(answer->status, wrong.status);
        EXPECT_EQ(answer->body.size(), wrong.body.size());
        EXPECT_EQ(answer->json().at("detail"), wrong.json().at("detail"));
        ASSERT_EQ(answer->headers.size(), wrong.headers.size());
        for (std::size_t i = 0; i < wrong.headers.size(); ++i)
            EXPECT_EQ(answer->headers[i].name, wrong.headers[i].name);
    }
    EXPECT_EQ(wrong.header("www-authenticate"), "Bearer");
}

TEST_F(LoginTest, PasswordsThatWereNeverAcceptedAreJustWrong) {
    sign_up("ann");
    EXPECT_EQ(log_in("ann", "").status, 401);
    EXPECT_EQ(log_in("ann", std::string(5'000, 'x')).status, 401);
    EXPECT_EQ(log_in("ann", std::string(kPassword) + " ").status, 401);
}

TEST_F(LoginTest, AsCookiesTheTokensAreOutOfReachForScripts) {
    sign_up("ann");
    const Answer answer = post("/api/auth/login?cookie=true", R"({"login":"ann","password":"correct horse battery"})");
    ASSERT_EQ(answer.status, 200);
    EXPECT_EQ(answer.json().as_object().if_contains("refresh_token"), nullptr);
    std::vector<std::string> cookies;
    for (const auto& header : answer.headers) {
        if (header.name == "set-cookie") cookies.push_back(header.value);
    }
    ASSERT_EQ(cookies.size(), 2u);
    for (const std::string& cookie : cookies) {
        for (const char* attribute : {"HttpOnly", "Secure", "SameSite=Lax"})
            EXPECT_NE(cookie.find(attribute), cookie.npos) << cookie;
    }
    EXPECT_NE(cookies[1].find("Path=/api/auth"), std::string::npos);

    const auto value = [](const std::string& cookie) { return cookie.substr(0, cookie.find(';')); };
    EXPECT_EQ(request("GET", "/api/auth/verify").header("cookie", value(cookies[0])).send().status, 200);
    EXPECT_EQ(request("GET", "/api/auth/verify").header("cookie", value(cookies[1])).send().status, 401);
    const Answer refreshed = request("POST", "/api/auth/refresh")
                                 .header("cookie", value(cookies[1]))
                                 .header("sec-fetch-site", "same-origin")
                                 .send();
    EXPECT_EQ(refreshed.status, 200) << refreshed.body;
    EXPECT_TRUE(refreshed.has_header("set-cookie"));
    const Answer out = request("POST", "/api/auth/logout")
                           .header("cookie", value(cookies[0]))
                           .header("sec-fetch-site", "same-origin")
                           .send();
    EXPECT_EQ(out.status, 204);
    EXPECT_NE(out.header("set-cookie").find("Max-Age=0"), std::string::npos);
    EXPECT_EQ(request("GET", "/api/auth/verify").header("cookie", value(cookies[0])).send().status, 401);
}

TEST_F(LoginTest, FailuresSlowDownButTheOwnerGetsInFromElsewhere) {
    sign_up("ann");
    for (int i = 0; i < 5; ++i) EXPECT_EQ(log_in("ann", "wrong horse battery").status, 401);
    const Answer throttled = log_in("ann", kPassword);
    EXPECT_EQ(throttled.status, 429);
    EXPECT_EQ(throttled.header("retry-after"), "1");
    const Answer elsewhere = host()
                                 .request("POST", "/api/auth/login")
                                 .remote_address("198.51.100.7")
                                 .json(R"({"login":"ann","password":"correct horse battery"})")
                                 .send();
    EXPECT_EQ(elsewhere.status, 200);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(log_in("nobody", "wrong horse battery").status, 401);
    EXPECT_EQ(log_in("nobody", "wrong horse battery").status, 429) << "an unknown user is throttled alike";
    host().advance(2s);
    EXPECT_EQ(log_in("ann", kPassword).status, 200);
}

TEST_F(LoginTest, AHashOfAnOlderCostIsRenewedByALogin) {
    sign_up("ann");
    const auto renewed = new_host(R"("password":{"memory_kib":128,"passes":1})");
    const auto log_in_there = [&] {
        return renewed->request("POST", "/api/auth/login")
            .json(R"({"login":"ann","password":"correct horse battery"})")
            .send()
            .status;
    };
    EXPECT_EQ(log_in_there(), 200);
    EXPECT_EQ(log_in_there(), 200);
    gatehouse::Database database({.url = database_url, .service = "auth"}, migrations());
    database.open();
    const auto hash = database.read([](gatehouse::Transaction& tx) {
        return tx.query("select password_hash from users where username_key = 'ann'").one<std::string>();
    });
    EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=128,t=1,p=1$")) << hash;
}

// The services of the plugin, with a clock that lets a test in between the look at the password and the session.
TEST_F(LoginTest, APasswordThatIsReplacedMeanwhileBeginsNoSession) {
    const Login owner = sign_up("ann");
    gatehouse::Database database({.url = database_url, .service = "auth"}, migrations());
    database.open();
    const KeyRing keys(read_pem_key(signing_key), {});
    const Tokens tokens(keys, {.issuer = "gatehouse", .audience = "gatehouse"});
    Revocations revocations;
    PasswordHasher hasher({64, 1, 1}, {});
    Throttle throttle({});
    int looks = 0;  // the throttle's: one before and one after the password was compared
    const Clock clock{
        .wall = [] { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); },
        .steady =
            [&] {
                if (++looks == 2) {
                    const char* const body =
                        R"({"old_password":"correct horse battery","new_password":"another horse battery"})";
                    EXPECT_EQ(post("/api/auth/change-password", body, owner.access_token).status, 204);
                }
                return std::chrono::milliseconds(0);
            }};
    SessionService sessions(database, tokens, revocations, {}, clock);
    LoginService logins(database, hasher, throttle, sessions, clock);
    EXPECT_EQ(logins.log_in("ann", kPassword, {.address = "192.0.2.9", .device = "thief"}).outcome,
              LoginOutcome::wrong);
    EXPECT_EQ(looks, 2);
    EXPECT_EQ(log_in("ann", "another horse battery").status, 200);
}

TEST_F(LoginTest, NothingInTheDatabaseLogsIn) {
    const Login login = sign_up("ann");
    gatehouse::Database database({.url = database_url, .service = "auth"}, migrations());
    database.open();
    const auto digest = database.read([](gatehouse::Transaction& tx) {
        return tx.query("select digest from refresh_tokens").one<gatehouse::Blob>();
    });
    EXPECT_EQ(digest.size(), 32u);
    const std::string_view bytes(reinterpret_cast<const char*>(digest.data()), digest.size());
    EXPECT_EQ(as_text(sha256(login.refresh_token)), bytes);
    EXPECT_EQ(refresh("ghr_" + base64url_encode(bytes)).status, 401);
    const auto kept = database.read(
        [](gatehouse::Transaction& tx) { return tx.query("select password_hash from users").one<std::string>(); });
    EXPECT_EQ(log_in("ann", kept).status, 401);
}

class TokenEndpointTest : public AuthTest {
protected:
    Answer token(const std::string& form) { return request("POST", "/api/auth/token").form(form).send(); }
    static std::string error_of(const Answer& answer) { return std::string(answer.json().at("error").as_string()); }
};

TEST_F(TokenEndpointTest, GrantsByPasswordAndByRefreshToken) {
    sign_up("ann");
    const Answer answer = token("username=ann&password=correct+horse+battery&scope=&client_id=x");
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.header("cache-control"), "no-store");
    EXPECT_EQ(answer.json().at("token_type"), "bearer");
    const Answer explicit_type =
        token("grant_type=password&username=ann%40example.com&password=correct%20horse%20battery");
    ASSERT_EQ(explicit_type.status, 200);
    const Answer refreshed = token("grant_type=refresh_token&refresh_token=" + login_of(explicit_type).refresh_token);
    ASSERT_EQ(refreshed.status, 200);
    EXPECT_EQ(verify(login_of(refreshed).access_token), 200);
}

TEST_F(TokenEndpointTest, ErrorsAreThoseOfRfc6749) {
    sign_up("ann");
    const std::pair<const char*, const char*> rows[] = {
        {"grant_type=client_credentials", "unsupported_grant_type"},
        {"grant_type=password", "invalid_request"},
        {"grant_type=password&username=ann", "invalid_request"},
        {"grant_type=refresh_token", "invalid_request"},
        {"username=ann&username=bob&password=x", "invalid_request"},
        {"username=%zz&password=x", "invalid_request"},
        {"username=%ff&password=x", "invalid_request"},
        {"username=ann&password=wrong", "invalid_grant"},
        {"username=nobody&password=wrong", "invalid_grant"},
        {"grant_type=refresh_token&refresh_token=x", "invalid_grant"},
    };
    for (const auto& [form, error] : rows) {
        const Answer answer = token(form);
        EXPECT_EQ(answer.status, 400) << form;
        EXPECT_EQ(error_of(answer), error) << form;
        EXPECT_EQ(answer.header("cache-control"), "no-store") << form;
    }
    EXPECT_EQ(post("/api/auth/token", "{}").status, 415);
}

}  // namespace
}  // namespace auth::testing
