// One delivery for each webhook and event, until it is taken, given up or switched off.
#include <charconv>
#include <future>

#include "plugins/notify/webhook/signature.hpp"
#include "tests/unit/plugins/notify/webhook_fixture.hpp"

namespace {

class WebhookDeliveryTest : public WebhookFixture {
protected:
    WebhookDeliveryTest() : WebhookFixture(R"(,"attempts_max":2,"webhook_timeout":"300ms")") {}

    void fail_with(int status) {
        receiver_.answer([status](const auto&) { return Receiver::status(status); });
    }
    bool is_active(const std::string& path) { return as_admin("GET", path).send().json().at("active").as_bool(); }
};

TEST_F(WebhookDeliveryTest, AnEventArrivesOnceSignedAsACloudEvent) {
    const auto made = create();
    for (int i = 0; i < 3; ++i) EXPECT_EQ(post("post.created", 1, "public", "the-event"), GH_OK);
    send();
    send();
    ASSERT_EQ(receiver_.received().size(), 1U);
    const auto got = receiver_.received()[0];
    const auto event = boost::json::parse(got.body);
    EXPECT_EQ(event.at("specversion"), "1.0");
    EXPECT_EQ(event.at("id"), "the-event");
    EXPECT_EQ(event.at("type"), "post.created");
    EXPECT_EQ(event.at("source"), "posts");
    EXPECT_EQ(event.at("subject"), "post/1");
    EXPECT_EQ(event.at("data").at("title"), "Title of 1");
    EXPECT_EQ(got.headers.at("content-type"), "application/cloudevents+json; charset=utf-8");
    const auto rows = deliveries(path_of(made));
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("state"), "sent");
    EXPECT_EQ(rows[0].at("last_status"), 204);
    EXPECT_EQ(rows[0].at("webhook_id").as_string(), got.headers.at("webhook-id"));
    std::int64_t seconds = 0;
    const std::string& stamp = got.headers.at("webhook-timestamp");
    std::from_chars(stamp.data(), stamp.data() + stamp.size(), seconds);
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(host_.wall_time().time_since_epoch()).count();
    EXPECT_NEAR(static_cast<double>(seconds), static_cast<double>(now), 5);
}

TEST_F(WebhookDeliveryTest, ARefusalIsRepeatedUnderTheSameIdAfterAPause) {
    const std::string path = create_path();
    EXPECT_EQ(post("post.created", 1, "public"), GH_OK);
    fail_with(500);
    send();
    EXPECT_EQ(deliveries(path)[0].at("last_error"), "HTTP status 500");
    send();
    EXPECT_EQ(receiver_.received().size(), 1U);
    fail_with(200);
    send(std::chrono::seconds(12));
    ASSERT_EQ(receiver_.received().size(), 2U);
    EXPECT_EQ(receiver_.received()[0].headers.at("webhook-id"), receiver_.received()[1].headers.at("webhook-id"));
    EXPECT_EQ(receiver_.received()[0].body, receiver_.received()[1].body);
    EXPECT_NE(receiver_.received()[0].headers.at("webhook-timestamp"),
              receiver_.received()[1].headers.at("webhook-timestamp"));
    EXPECT_EQ(deliveries(path)[0].at("state"), "sent");
    EXPECT_TRUE(is_active(path));
}

TEST_F(WebhookDeliveryTest, WhatIsRefusedTooOftenIsADeadLetterThatCanBeSentAgain) {
    const std::string path = create_path();
    EXPECT_EQ(post("post.created", 1, "public"), GH_OK);
    fail_with(500);
    send();
    send(std::chrono::seconds(12));
    ASSERT_EQ(deliveries(path, "?state=dead").size(), 1U);
    const auto id = std::to_string(deliveries(path)[0].at("id").as_int64());
    fail_with(200);
    const auto again = as_admin("POST", path + "/deliveries/" + id + "/redeliver").send();
    EXPECT_EQ(again.status, 202);
    EXPECT_EQ(again.json().at("state"), "queued");
    send(std::chrono::minutes(1));
    EXPECT_EQ(deliveries(path)[0].at("state"), "sent");
    EXPECT_EQ(deliveries(path).size(), 1U);
}

TEST_F(WebhookDeliveryTest, AllDeadLettersAreRedrivenByTheOperator) {
    const std::string path = create_path();
    EXPECT_EQ(post("post.created", 1, "public"), GH_OK);
    fail_with(500);
    send();
    send(std::chrono::seconds(12));
    fail_with(200);
    EXPECT_EQ(boost::json::parse(host_.admin("webhooks.redrive", R"({"all":true})").json).at("count"), 1);
    send(std::chrono::minutes(1));
    EXPECT_EQ(deliveries(path)[0].at("state"), "sent");
    EXPECT_NE(host_.admin("webhooks.redrive", "{}").status, GH_OK);
}

TEST_F(WebhookDeliveryTest, OneThatAlwaysFailsIsDisabledAndItsOwnerTold) {
    const std::string path = create_path();
    fail_with(500);
    for (int i = 1; i <= 4; ++i) EXPECT_EQ(post("post.created", i, "public"), GH_OK);
    for (int i = 0; i < 4; ++i) send(std::chrono::minutes(2));
    EXPECT_EQ(receiver_.received().size(), 3U);
    const auto webhook = as_admin("GET", path).send().json();
    EXPECT_EQ(webhook.at("active"), false);
    EXPECT_EQ(webhook.at("disabled_reason"), "HTTP status 500");
    const auto told = get("/api/notifications", kAdmin).at("items").at(0);
    EXPECT_EQ(told.at("kind"), "webhook_disabled");
    EXPECT_EQ(std::string(told.at("text").as_string()).find("/hook"), std::string::npos);

    fail_with(200);
    EXPECT_EQ(as_admin("PATCH", path).json(R"({"active":true})").send().status, 200);
    for (int i = 0; i < 4; ++i) send(std::chrono::minutes(2));
    EXPECT_EQ(deliveries(path, "?state=sent").size() + deliveries(path, "?state=dead").size(), 4U);
    EXPECT_GE(deliveries(path, "?state=sent").size(), 3U);
}

TEST_F(WebhookDeliveryTest, OneThatIsGoneIsDisabledAtOnce) {
    const std::string path = create_path();
    fail_with(410);
    EXPECT_EQ(as_admin("POST", path + "/ping").send().status, 202);
    send();
    EXPECT_FALSE(is_active(path));
}

TEST_F(WebhookDeliveryTest, ASuccessForgivesWhatFailedBefore) {
    const std::string path = create_path();
    for (int i = 1; i <= 3; ++i) {
        EXPECT_EQ(post("post.created", i, "public"), GH_OK);
        fail_with(500);
        send();
        fail_with(200);
        send(std::chrono::seconds(15));
    }
    EXPECT_EQ(receiver_.received().size(), 6U);
    EXPECT_TRUE(is_active(path));
    EXPECT_EQ(deliveries(path, "?state=sent").size(), 3U);
}

TEST_F(WebhookDeliveryTest, AnswersThatAreNoneCountAsFailures) {
    struct Case {
        const char* name;
        std::string answer;
        const char* error;
    };
    for (const Case& bad :
         {Case{"closed", "", "Server returned nothing (no headers, no data)"},
          Case{"redirect", "HTTP/1.1 302 x\r\nLocation: " + receiver_.url("/other") + "\r\nContent-Length: 0\r\n\r\n",
               "HTTP status 302"},
          Case{"old", "hello\r\n", "Unsupported protocol"}}) {
        receiver_.answer([answer = bad.answer](const auto&) { return answer; });
        const std::string path = create_path();
        EXPECT_EQ(as_admin("POST", path + "/ping").send().status, 202);
        send();
        EXPECT_EQ(deliveries(path)[0].at("last_error").as_string(), bad.error) << bad.name;
        EXPECT_EQ(as_admin("DELETE", path).send().status, 204);
    }
    for (const auto& request : receiver_.received()) EXPECT_EQ(request.target, "/hook");
}

TEST_F(WebhookDeliveryTest, ALongAnswerIsNotReadToItsEnd) {
    const std::string path = create_path();
    receiver_.answer(
        [](const auto&) { return "HTTP/1.1 200 x\r\nContent-Length: 100000000\r\n\r\n" + std::string(200'000, 'x'); });
    EXPECT_EQ(as_admin("POST", path + "/ping").send().status, 202);
    send();
    EXPECT_EQ(deliveries(path)[0].at("state"), "sent");
}

TEST_F(WebhookDeliveryTest, ASecretThatIsNewSignsBesideTheFormerOne) {
    const std::string path = create_path();
    const auto renewed = as_admin("POST", path + "/secret").send();
    EXPECT_EQ(renewed.status, 200);
    const auto count_signatures = [&] {
        EXPECT_EQ(as_admin("POST", path + "/ping").send().status, 202);
        send();
        const std::string text = receiver_.received().back().headers.at("webhook-signature");
        return 1 + std::count(text.begin(), text.end(), ' ');
    };
    EXPECT_EQ(count_signatures(), 2);
    host_.set_wall_time(host_.wall_time() + std::chrono::hours(25));
    EXPECT_EQ(count_signatures(), 1);
}

TEST_F(WebhookDeliveryTest, EachWebhookGetsWhatItWantsAndOneThatHangsHoldsUpNoOther) {
    Receiver other;
    const std::string hanging = create_path(R"("subscription.created")");
    const auto quick = as_admin("POST", kPath)
                           .json(R"({"url":")" + other.url() + R"(","types":["subscription.created","user.renamed"]})")
                           .send();
    std::promise<void> end;
    receiver_.answer([ended = end.get_future().share()](const auto&) {
        ended.wait();
        return std::string();
    });
    for (int i = 0; i < 5; ++i) EXPECT_EQ(follow(), GH_OK);
    EXPECT_EQ(tell("user.renamed", R"({"id":7,"username":"anna"})"), GH_OK);
    send();
    end.set_value();
    EXPECT_EQ(other.received().size(), 6U);
    EXPECT_EQ(deliveries(hanging).size(), 5U);
    EXPECT_EQ(deliveries(hanging, "?state=sent").size(), 0U);
}

TEST_F(WebhookDeliveryTest, OldRowsGo) {
    const std::string path = create_path();
    EXPECT_EQ(post("post.created", 1, "public"), GH_OK);
    send();
    host_.set_wall_time(host_.wall_time() + std::chrono::hours(31 * 24));
    host_.advance(std::chrono::hours(2));
    EXPECT_TRUE(deliveries(path).empty());
}

}  // namespace
