// Sessions in cookies, and what pages of other sites can do with them: nothing.
#include "plugins/auth/origin_check.hpp"
#include "tests/unit/plugins/auth/fixture.hpp"

namespace auth::testing {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

class CsrfTest : public AuthTest {
protected:
    static constexpr char kHost[] = "shop.example.com";

    struct Cookies {
        std::string access, refresh;  // "session=…"
    };
    Cookies log_in_by_cookie(const std::string& name) {
        const Answer answer =
            post("/api/auth/login?cookie=true", R"({"login":")" + name + R"(","password":"correct horse battery"})");
        std::vector<std::string> values;
        for (const auto& header : answer.headers) {
            if (header.name == "set-cookie") values.push_back(header.value.substr(0, header.value.find(';')));
        }
        return {values.at(0), values.at(1)};
    }
    Answer send(const std::string& method, const std::string& path, const std::string& cookie, const Headers& headers,
                const std::string& json = {}) {
        RequestBuilder builder = request(method, path);
        builder.header("cookie", cookie).header("x-forwarded-host", kHost);
        for (const auto& [name, value] : headers) builder.header(name, value);
        if (!json.empty()) builder.json(json);
        return builder.send();
    }
    // As the gateway asks about a request.
    int verify_for(const std::string& method, const std::string& cookie, Headers headers) {
        headers.emplace_back("x-forwarded-method", method);
        return send("GET", "/api/auth/verify", cookie, headers).status;
    }
};

const std::pair<const char*, Headers> kOwn[] = {
    {"own origin", {{"origin", "https://shop.example.com"}}},
    {"own origin without TLS", {{"origin", "http://shop.example.com"}}},
    {"the browser says so", {{"sec-fetch-site", "same-origin"}}},
    {"behind a proxy that renames the host",
     {{"origin", "https://elsewhere.example"}, {"sec-fetch-site", "same-origin"}}},
};
const std::pair<const char*, Headers> kForeign[] = {
    {"nothing is said", {}},
    {"another site", {{"origin", "https://evil.example"}}},
    {"another site, with everything", {{"origin", "https://evil.example"}, {"sec-fetch-site", "cross-site"}}},
    {"a sibling host", {{"origin", "https://blog.example.com"}, {"sec-fetch-site", "same-site"}}},
    {"a host that begins alike", {{"origin", "https://shop.example.com.evil.example"}}},
    {"a host that ends alike", {{"origin", "https://evilshop.example.com"}}},
    {"another port", {{"origin", "https://shop.example.com:8443"}}},
    {"a user that looks like us", {{"origin", "https://shop.example.com@evil.example"}}},
    {"without TLS where there is TLS", {{"origin", "http://shop.example.com"}, {"x-forwarded-proto", "https"}}},
    {"a sandboxed page", {{"origin", "null"}}},
    {"typed in, which no change is", {{"sec-fetch-site", "none"}}},
    {"two origins", {{"origin", "https://shop.example.com"}, {"origin", "https://evil.example"}}},
    {"a path", {{"origin", "https://shop.example.com/"}}},
    {"capitals", {{"origin", "https://SHOP.example.com"}}},
    {"empty", {{"origin", ""}}},
};

TEST_F(CsrfTest, ACookieChangesSomethingForOwnPagesOnly) {
    sign_up("ann");
    const std::string cookie = log_in_by_cookie("ann").access;
    for (const char* method : {"POST", "PUT", "PATCH", "DELETE", "post", "ANYTHING"}) {
        for (const auto& [name, headers] : kOwn) EXPECT_EQ(verify_for(method, cookie, headers), 200) << method << name;
        for (const auto& [name, headers] : kForeign)
            EXPECT_EQ(verify_for(method, cookie, headers), 403) << method << name;
    }
    for (const char* method : {"GET", "HEAD", "OPTIONS"}) {
        for (const auto& [name, headers] : kForeign)
            EXPECT_EQ(verify_for(method, cookie, headers), 200) << method << name;
    }
    EXPECT_EQ(verify_for("POST", "session=junk", kForeign[1].second), 401);
}

TEST_F(CsrfTest, ATokenInAFieldIsNoCookie) {
    const Login ann = sign_up("ann");
    EXPECT_EQ(request("GET", "/api/auth/verify", ann.access_token)
                  .header("x-forwarded-method", "POST")
                  .header("origin", "https://app.example")
                  .send()
                  .status,
              200)
        << "no browser adds it by itself";
}

TEST_F(CsrfTest, TheOwnRoutesAreNoWayRoundIt) {
    sign_up("ann");
    const Cookies cookies = log_in_by_cookie("ann");
    const Headers own = kOwn[0].second, foreign = kForeign[1].second;
    const std::string change = R"({"old_password":"correct horse battery","new_password":"another horse battery"})";
    EXPECT_EQ(send("POST", "/api/auth/change-password", cookies.access, foreign, change).status, 403);
    EXPECT_EQ(send("PATCH", "/api/auth/me", cookies.access, foreign, R"({"username":"eve","password":"x"})").status,
              403);
    EXPECT_EQ(send("DELETE", "/api/auth/sessions/1", cookies.access, foreign).status, 403);
    EXPECT_EQ(send("DELETE", "/api/auth/sessions/1", cookies.access, own).status, 404);
    EXPECT_EQ(send("POST", "/api/auth/logout", cookies.access, foreign).status, 403);
    EXPECT_EQ(send("POST", "/api/auth/refresh", cookies.refresh, foreign).status, 403);
    EXPECT_EQ(send("GET", "/api/auth/me", cookies.access, foreign).status, 200);
    EXPECT_EQ(send("POST", "/api/auth/refresh", cookies.refresh, own).status, 200)
        << "the refusals have not used the token up";
}

bool clears_both(const Answer& answer) {
    int cleared = 0;
    for (const auto& header : answer.headers) {
        cleared += header.name == "set-cookie" && header.value.find("Max-Age=0") != std::string::npos ? 1 : 0;
    }
    return cleared == 2;
}

TEST_F(CsrfTest, LoggingOutWithDeadCookiesClearsThem) {
    sign_up("ann");
    const Cookies ended = log_in_by_cookie("ann");
    const Headers own = kOwn[0].second, foreign = kForeign[1].second;
    ASSERT_EQ(send("POST", "/api/auth/logout", ended.access, own).status, 204);
    for (const std::string& cookie : {ended.access, ended.refresh, ended.access + "; " + ended.refresh,
                                      std::string("session=junk"), std::string("session_refresh=junk")}) {
        const Answer answer = send("POST", "/api/auth/logout", cookie, own);
        EXPECT_EQ(answer.status, 204) << cookie;
        EXPECT_TRUE(clears_both(answer)) << cookie;
        const Answer forged = send("POST", "/api/auth/logout", cookie, foreign);
        EXPECT_EQ(forged.status, 403) << cookie;
        EXPECT_FALSE(clears_both(forged)) << cookie;
    }
    EXPECT_EQ(send("POST", "/api/auth/logout", "other=1", own).status, 401) << "nobody's cookie";
    EXPECT_EQ(post("/api/auth/logout", "{}", "junk").status, 401) << "a token in a field";
}

TEST_F(CsrfTest, LoggingOutWithTheRefreshTokenAloneEndsItsSession) {
    sign_up("ann");
    const Headers own = kOwn[0].second;
    const Cookies here = log_in_by_cookie("ann"), there = log_in_by_cookie("ann"), third = log_in_by_cookie("ann");
    EXPECT_EQ(send("POST", "/api/auth/logout", "session=expired; " + here.refresh, own).status, 204);
    EXPECT_EQ(verify_for("GET", here.access, {}), 401);
    EXPECT_EQ(verify_for("GET", there.access, {}), 200);
    EXPECT_EQ(send("POST", "/api/auth/logout", here.refresh, own, R"({"all":true})").status, 204);
    EXPECT_EQ(verify_for("GET", there.access, {}), 200) << "a dead token ends nobody else's sessions";
    EXPECT_EQ(send("POST", "/api/auth/logout", there.refresh, own, R"({"all":true})").status, 204);
    EXPECT_EQ(verify_for("GET", third.access, {}), 401);
}

TEST_F(CsrfTest, RefreshingADeadSessionClearsItsCookies) {
    sign_up("ann");
    const Cookies cookies = log_in_by_cookie("ann");
    const Headers own = kOwn[0].second;
    for (const char* junk : {"session_refresh=junk", "session_refresh=", "session_refresh=ghr_x"}) {
        const Answer refused = send("POST", "/api/auth/refresh", junk, own);
        EXPECT_EQ(refused.status, 401) << junk;
        EXPECT_EQ(refused.header("www-authenticate"), "Bearer error=\"invalid_token\"");
        EXPECT_EQ(refused.json().at("detail"), "The refresh token is not valid.");
        EXPECT_TRUE(clears_both(refused)) << junk;
    }
    EXPECT_EQ(send("POST", "/api/auth/refresh", cookies.refresh, own).status, 200) << "of a living one";
    const Cookies old = log_in_by_cookie("ann");
    host().advance(std::chrono::days(31));
    EXPECT_TRUE(clears_both(send("POST", "/api/auth/refresh", old.refresh, own)));
    EXPECT_FALSE(clears_both(refresh("ghr_x"))) << "asked without cookies";
}

TEST_F(CsrfTest, NoPageOfAnotherSiteLogsItsVisitorIn) {
    sign_up("eve");
    const std::string body = R"({"login":"eve","password":"correct horse battery"})";
    EXPECT_EQ(send("POST", "/api/auth/login?cookie=true", "", kForeign[1].second, body).status, 403);
    EXPECT_EQ(send("POST", "/api/auth/login?cookie=true", "", kOwn[0].second, body).status, 200);
    EXPECT_EQ(send("POST", "/api/auth/login?cookie=true", "", {}, body).status, 200) << "no browser at all";
    EXPECT_EQ(send("POST", "/api/auth/login", "", kForeign[1].second, body).status, 200) << "sets no cookie";
}

TEST_F(CsrfTest, FurtherPagesMayBeNamed) {
    sign_up("ann");
    const std::string cookie = log_in_by_cookie("ann").access;
    const auto named = new_host(R"("origins":["https://app.example.net"])");
    const auto status = [&](const char* origin) {
        return named->request("GET", "/api/auth/verify")
            .header("cookie", cookie)
            .header("x-forwarded-method", "POST")
            .header("origin", origin)
            .send()
            .status;
    };
    EXPECT_EQ(status("https://app.example.net"), 200);
    EXPECT_EQ(status("http://app.example.net"), 403);
    EXPECT_EQ(status("https://app.example.net:1"), 403);
    for (const char* bad : {"app.example.net", "https://app.example.net/", "*", "https://", "https://App.example.net",
                            "https://app.example.net:443"}) {
        EXPECT_THROW(new_host(R"("origins":[")" + std::string(bad) + "\"]"), std::runtime_error) << bad;
    }
}

TEST(OriginTest, HasASchemeAHostAndNoPortThatTheSchemeHas) {
    for (const char* good :
         {"https://a.example", "http://a.example:8080", "http://127.0.0.1:8080", "http://[::1]:8080"})
        EXPECT_TRUE(is_origin(good)) << good;
    for (const char* bad : {"", "null", "a.example", "ftp://a.example", "http://a.example:80", "https://a.example:443",
                            "https://a.example/x", "https://a b", "file://"}) {
        EXPECT_FALSE(is_origin(bad)) << bad;
    }
}

}  // namespace
}  // namespace auth::testing
