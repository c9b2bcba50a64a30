// However much happens, and however slow a receiver is, only so much waits for it.
#include "tests/unit/plugins/notify/webhook_fixture.hpp"

namespace {

using namespace std::chrono_literals;

class WebhookBacklogTest : public WebhookFixture {
protected:
    WebhookBacklogTest() : WebhookFixture(R"(,"webhook_backlog_max":4)") {}

    void fail_with(int status) {
        receiver_.answer([status](const auto&) { return Receiver::status(status); });
    }
    void publish(int first, int last) {
        for (int i = first; i <= last; ++i) EXPECT_EQ(post("post.created", i, "public", event_id(i)), GH_OK);
    }
    static std::string event_id(int number) { return "event-" + std::to_string(number); }
    std::vector<std::string> events(const std::string& path, const std::string& state) {
        std::vector<std::string> ids;
        for (const auto& one : deliveries(path, "?state=" + state)) ids.emplace_back(one.at("event_id").as_string());
        return ids;
    }
    boost::json::value full_since(const std::string& path) {
        return as_admin("GET", path).send().json().at("backlog_full_since");
    }
    std::size_t warnings() {
        const auto logs = host_.logs();
        return static_cast<std::size_t>(std::count_if(logs.begin(), logs.end(), [](const auto& line) {
            return line.message.find("a webhook is too slow") != std::string::npos;
        }));
    }
};

TEST_F(WebhookBacklogTest, OfTooManyTheOldestBecomeDeadLettersAndItIsToldOnce) {
    const std::string path = create_path(), other = create_path(R"("user.renamed")");
    EXPECT_TRUE(full_since(path).is_null());
    fail_with(500);
    publish(1, 7);
    send(11s);
    EXPECT_EQ(events(path, "queued"), (std::vector<std::string>{"event-7", "event-6", "event-5", "event-4"}));
    EXPECT_EQ(events(path, "dead"), (std::vector<std::string>{"event-3", "event-2", "event-1"}));
    EXPECT_EQ(deliveries(path, "?state=dead")[0].at("last_error"),
              "more than 4 deliveries were waiting for this webhook");
    EXPECT_TRUE(full_since(path).is_string());
    EXPECT_TRUE(full_since(other).is_null());
    publish(8, 9);
    send(11s);
    EXPECT_EQ(events(path, "queued").size(), 4U);
    EXPECT_EQ(events(path, "dead").size(), 5U);
    EXPECT_EQ(host_.metric("notify_webhook_dropped_total"), 5);
    EXPECT_EQ(warnings(), 1U);
}

TEST_F(WebhookBacklogTest, AtTheBoundNothingIsDropped) {
    const std::string path = create_path();
    fail_with(500);
    publish(1, 4);
    send(11s);
    EXPECT_EQ(events(path, "queued").size(), 4U);
    EXPECT_TRUE(full_since(path).is_null());
}

TEST_F(WebhookBacklogTest, OneThatHasCaughtUpIsNotFullAnyMoreAndWhatWasDroppedCanBeSent) {
    const std::string path = create_path();
    const auto before = as_admin("GET", path).send().header("etag");
    fail_with(500);
    publish(1, 6);
    send(11s);
    EXPECT_TRUE(full_since(path).is_string());
    EXPECT_NE(as_admin("GET", path).send().header("etag"), before);
    fail_with(200);
    for (int i = 0; i < 4; ++i) send(1min);
    EXPECT_EQ(events(path, "sent").size(), 4U);
    EXPECT_TRUE(full_since(path).is_null());
    EXPECT_EQ(boost::json::parse(host_.admin("webhooks.redrive", R"({"all":true})").json).at("count"), 2);
    send(1min);
    EXPECT_EQ(events(path, "sent").size(), 6U);
}

}  // namespace
