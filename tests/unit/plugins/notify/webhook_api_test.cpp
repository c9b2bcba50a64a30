// Who may have webhooks, and what is refused.
#include "tests/unit/plugins/notify/webhook_fixture.hpp"

namespace {

class WebhookApiTest : public WebhookFixture {};
class PublicWebhookTest : public NotifyFixture {};

struct Route {
    const char* method;
    std::string path;
};

std::vector<Route> routes_of(const std::string& webhook) {
    return {{"GET", "/api/notifications/webhooks"},
            {"POST", "/api/notifications/webhooks"},
            {"GET", webhook},
            {"PATCH", webhook},
            {"DELETE", webhook},
            {"POST", webhook + "/secret"},
            {"POST", webhook + "/ping"},
            {"GET", webhook + "/deliveries"},
            {"POST", webhook + "/deliveries/1/redeliver"}};
}

TEST_F(WebhookApiTest, AreForAdministratorsOnly) {
    for (const Route& route : routes_of(create_path())) {
        EXPECT_EQ(host_.request(route.method, route.path).json("{}").send().status, 401) << route.method << route.path;
        for (const char* const role : {"user", "moderator", "administrator"}) {
            EXPECT_EQ(host_.request(route.method, route.path).as_user(7, "ann", {role}).json("{}").send().status, 403)
                << route.method << route.path << role;
        }
    }
}

TEST_F(WebhookApiTest, WhatIsNotThereIsNotFound) {
    for (const Route& route : routes_of("/api/notifications/webhooks/12345")) {
        if (route.path.find("12345") == std::string::npos) continue;
        EXPECT_EQ(as_admin(route.method, route.path).json("{}").send().status, 404) << route.method << route.path;
    }
    EXPECT_EQ(as_admin("POST", create_path() + "/deliveries/1/redeliver").send().status, 404);
}

TEST_F(WebhookApiTest, TheSecretIsToldOnceAndKeptSealed) {
    const auto made = create();
    const std::string secret(made.at("secret").as_string());
    EXPECT_EQ(secret.substr(0, 6), "whsec_");
    EXPECT_EQ(secret.size(), 6 + 44U);
    for (const std::string& path : {std::string(kPath), path_of(made)}) {
        const auto body = as_admin("GET", path).send().body;
        EXPECT_EQ(body.find(secret.substr(6)), std::string::npos);
        EXPECT_EQ(body.find("sealed"), std::string::npos);
    }
}

TEST_F(WebhookApiTest, BadOnesAreRefusedByField) {
    struct Case {
        const char* body;
        const char* pointer;
    };
    for (const Case& bad :
         {Case{R"({"types":["post.created"]})", "/url"},
          Case{R"({"url":"ftp://example.com","types":["post.created"]})", "/url"},
          Case{R"({"url":"https://a:b@example.com","types":["post.created"]})", "/url"},
          Case{R"({"url":"https://example.com","types":[]})", "/types"},
          Case{R"({"url":"https://example.com","types":["user.password_reset_requested"]})", "/types/0"},
          Case{R"({"url":"https://example.com","types":["post.created","post.created"]})", "/types"}}) {
        const auto answer = as_admin("POST", kPath).json(bad.body).send();
        EXPECT_EQ(answer.status, 422) << bad.body;
        EXPECT_EQ(answer.error_pointers(), std::vector<std::string>{bad.pointer}) << bad.body;
    }
}

TEST_F(WebhookApiTest, APatchChangesWhatItNamesUnlessSomebodyElseWasFirst) {
    const std::string path = create_path();
    const auto before = as_admin("GET", path).send();
    const auto patch = [&](const std::string& body) {
        return as_admin("PATCH", path).header("if-match", before.header("etag")).json(body).send();
    };
    const auto changed = patch(R"({"description":"mirror","id":5,"created_by":9})");
    EXPECT_EQ(changed.status, 200);
    EXPECT_EQ(changed.json().at("description"), "mirror");
    EXPECT_EQ(changed.json().at("created_by"), kAdmin);
    EXPECT_EQ(changed.json().at("url"), before.json().at("url"));
    EXPECT_EQ(patch(R"({"active":false})").status, 412);
    EXPECT_EQ(as_admin("DELETE", path).header("if-match", before.header("etag")).send().status, 412);
    EXPECT_EQ(as_admin("DELETE", path).header("if-match", changed.header("etag")).send().status, 204);
    EXPECT_EQ(as_admin("GET", path).send().status, 404);
}

TEST_F(WebhookApiTest, PagesAreNewestFirst) {
    for (int i = 0; i < 3; ++i) create();
    const auto first = as_admin("GET", std::string(kPath) + "?limit=2").send().json();
    EXPECT_EQ(first.at("items").as_array().size(), 2U);
    const std::string cursor(first.at("next_cursor").as_string());
    const auto second = as_admin("GET", std::string(kPath) + "?limit=2&cursor=" + cursor).send().json();
    EXPECT_EQ(second.at("items").as_array().size(), 1U);
    EXPECT_GT(first.at("items").at(1).at("id").as_int64(), second.at("items").at(0).at("id").as_int64());
}

TEST_F(WebhookApiTest, ThereIsALimit) {
    for (int i = 0; i < 100; ++i) create();
    const std::string body = R"({"url":")" + receiver_.url() + R"(","types":["post.created"]})";
    EXPECT_EQ(as_admin("POST", kPath).json(body).send().status, 409);
}

TEST_F(WebhookApiTest, OneThatIsOffIsNotSentTo) {
    const std::string path = create_path();
    EXPECT_EQ(as_admin("PATCH", path).json(R"({"active":false})").send().json().at("disabled_reason"), "by hand");
    EXPECT_EQ(as_admin("POST", path + "/ping").send().status, 409);
    EXPECT_EQ(post("post.created", 1, "public"), GH_OK);
    send();
    EXPECT_TRUE(receiver_.received().empty());
    EXPECT_TRUE(deliveries(path).empty());
}

TEST_F(WebhookApiTest, APortOfAnotherProtocolIsRefused) {
    const std::string path = create_path();
    const auto refused = as_admin("PATCH", path).json(R"({"url":"http://example.com:22/"})").send();
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(refused.error_pointers(), std::vector<std::string>{"/url"});
    const auto made =
        as_admin("POST", kPath).json(R"({"types":["post.created"],"url":"https://example.com:25/"})").send();
    EXPECT_EQ(made.status, 422) << made.body;
    EXPECT_NE(made.body.find("must have the port 80 or 443"), std::string::npos) << made.body;
}

TEST_F(PublicWebhookTest, PrivateAddressesAreRefused) {
    for (const char* const url : {"http://127.0.0.1:8080/", "http://localhost/", "http://10.0.0.1/", "http://[::1]/"}) {
        const auto answer = host_.request("POST", "/api/notifications/webhooks")
                                .as_user(1, "root", {"admin"})
                                .json(std::string(R"({"types":["post.created"],"url":")") + url + "\"}")
                                .send();
        EXPECT_EQ(answer.status, 422) << url;
        EXPECT_EQ(answer.error_pointers(), std::vector<std::string>{"/url"}) << url;
    }
}

}  // namespace
