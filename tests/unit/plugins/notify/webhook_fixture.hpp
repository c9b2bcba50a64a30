// The service with webhooks that may go to this machine, an administrator, and a receiver.
#pragma once

#include "tests/unit/plugins/notify/notify_fixture.hpp"
#include "tests/unit/plugins/notify/receiver.hpp"

class WebhookFixture : public NotifyFixture {
protected:
    static constexpr std::int64_t kAdmin = 1;
    static constexpr const char* kPath = "/api/notifications/webhooks";

    explicit WebhookFixture(const std::string& more = {})
        : NotifyFixture(R"(,"webhook_allow_private":true,"webhook_failures_max":3,"first_pause":"10s")" + more) {}

    gatehouse::testing::RequestBuilder as_admin(const std::string& method, const std::string& path) {
        return host_.request(method, path).as_user(kAdmin, "root", {"admin"});
    }
    boost::json::value create(const std::string& types = R"("post.created")") {
        const auto answer =
            as_admin("POST", kPath).json(R"({"url":")" + receiver_.url() + R"(","types":[)" + types + "]}").send();
        EXPECT_EQ(answer.status, 201) << answer.body;
        return answer.json();
    }
    std::string create_path(const std::string& types = R"("post.created")") { return path_of(create(types)); }
    static std::string path_of(const boost::json::value& webhook) {
        return kPath + ("/" + std::to_string(webhook.at("id").as_int64()));
    }
    gh_status post(const std::string& type, std::int64_t id, const std::string& visibility,
                   const std::string& event = {}) {
        const std::string data =
            R"({"id":)" + std::to_string(id) + R"(,"author_id":7,"author_name":"ann","title":"Title of )" +
            std::to_string(id) + R"(","visibility":")" + visibility +
            R"(","repost_of":null,"text":"the text","created_at":"2026-01-02T03:04:05.000Z","updated_at":"2026-01-02T03:04:05.000Z"})";
        return host_.deliver(type, data, {.source = "posts", .subject = "post/" + std::to_string(id), .id = event});
    }
    boost::json::array deliveries(const std::string& path, const std::string& query = {}) {
        return as_admin("GET", path + "/deliveries" + query).send().json().at("items").as_array();
    }
    void send(std::chrono::milliseconds after = std::chrono::seconds(2)) { host_.advance(after); }

    Receiver receiver_;
};
