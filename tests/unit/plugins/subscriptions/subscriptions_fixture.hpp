#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <gatehouse/abi.h>
#include <gatehouse/testing.hpp>

#include <boost/json.hpp>

#include "tests/unit/plugins/support/test_database.hpp"

extern "C" const gh_plugin* gh_plugin_entry_v1(void);

// The service with three people and its peers: users, who knows 1 to 999; auth, who also knows 1000, active, and 1001,
// banned; posts, who shows what was made with post() unless it is hidden.
class SubscriptionsFixture : public ::testing::Test {
protected:
    using Answer = gatehouse::testing::Answer;
    using PeerRequest = gatehouse::testing::PeerRequest;
    using Ids = std::vector<std::int64_t>;
    struct Person {
        std::int64_t id;
        const char* name;
    };
    static constexpr Person kNobody{0, ""}, kAnn{7, "ann"}, kBob{8, "bob"}, kCid{9, "cid"};

    SubscriptionsFixture() {
        host_.on_call("users", [this](const PeerRequest& request) { return users(request); });
        host_.on_call("auth", [](const PeerRequest& request) { return accounts(request); });
        host_.on_call("posts", [this](const PeerRequest& request) { return posts(request); });
    }

    Answer send(const Person& who, std::string method, std::string target, std::string body = {}) {
        auto request = host_.request(std::move(method), std::move(target));
        if (who.id != 0) request.as_user(who.id, who.name, {"user"});
        if (!body.empty()) request.json(std::move(body));
        return request.send();
    }
    int follow(const Person& who, std::int64_t user_id) {
        return send(who, "POST", "/api/subscriptions", R"({"user_id":)" + std::to_string(user_id) + "}").status;
    }
    int unfollow(const Person& who, std::int64_t user_id) {
        return send(who, "DELETE", "/api/subscriptions/" + std::to_string(user_id)).status;
    }
    // Tells of a post; ids grow.
    std::int64_t post(std::int64_t author, const char* visibility = "public") {
        const std::int64_t id = next_post_++;
        tell("post.created", id, author, visibility);
        return id;
    }
    void tell(const char* type, std::int64_t id, std::int64_t author, const char* visibility) {
        const std::string json = R"({"id":)" + std::to_string(id) + R"(,"author_id":)" + std::to_string(author) +
                                 R"(,"visibility":")" + visibility + R"("})";
        EXPECT_EQ(host_.deliver(type, json, {.source = "posts", .subject = "post/" + std::to_string(id)}), GH_OK);
    }
    // Follows next_cursor to the end; calls between() after each page.
    Ids all_ids(
        const Person& who, const std::string& target, std::string_view key,
        const std::function<void()>& between = [] {}) {
        Ids ids;
        std::string cursor;
        do {
            const Answer answer = send(who, "GET", target + cursor);
            EXPECT_EQ(answer.status, 200) << answer.body;
            if (answer.status != 200) return ids;
            const auto page = answer.json();
            for (const auto& item : page.at("items").as_array()) ids.push_back(item.at(key).as_int64());
            const auto& next = page.at("next_cursor");
            cursor = next.is_null() ? "" : "&cursor=" + std::string(next.as_string());
            between();
        } while (!cursor.empty());
        return ids;
    }
    Ids feed(const Person& who, int limit = 20) {
        return all_ids(who, "/api/newsfeed?limit=" + std::to_string(limit), "id");
    }
    template <class F>
    static void in_parallel(int threads, F work) {
        std::vector<std::thread> running;
        for (int i = 0; i < threads; ++i) running.emplace_back([&work, i] { work(i); });
        for (std::thread& thread : running) thread.join();
    }

    TestDatabase database_;
    gatehouse::testing::TestHost host_{gh_plugin_entry_v1(), R"({"database":")" + database_.url() + R"("})"};
    std::set<std::int64_t> hidden_;        // posts that nobody may see any more
    std::vector<PeerRequest> post_calls_;  // that posts got
    std::int64_t next_post_ = 1'000'000;

private:
    static std::string profile(std::int64_t id) {
        const std::string number = std::to_string(id);
        return R"({"id":)" + number + R"(,"username":"u)" + number + R"(","full_name":"User )" + number +
               R"(","avatar_url":"/api/users/)" + number + R"(/avatar","deleted":)" + (id == 666 ? "true" : "false") +
               "}";
    }
    static Answer ok(std::string body) { return {.status = 200, .headers = {}, .body = std::move(body)}; }
    static Answer users(const PeerRequest& request) {
        constexpr std::string_view one = "/api/users/";
        const auto is_known = [](std::int64_t id) { return id >= 1 && id < 1'000; };
        if (request.target.starts_with(one)) {
            const std::int64_t id = std::stoll(request.target.substr(one.size()));
            return is_known(id) ? ok(profile(id)) : Answer{.status = 404, .headers = {}, .body = "{}"};
        }
        std::string items, rest = request.target.substr(request.target.find("ids=") + 4);
        while (!rest.empty()) {
            const std::int64_t id = std::stoll(rest);
            if (is_known(id)) items += (items.empty() ? "" : ",") + profile(id);
            const auto comma = rest.find(',');
            rest = comma == std::string::npos ? "" : rest.substr(comma + 1);
        }
        return ok(R"({"items":[)" + items + R"(],"next_cursor":null})");
    }
    static Answer accounts(const PeerRequest& request) {
        constexpr std::string_view question = "/api/auth/users?ids=";
        EXPECT_TRUE(request.target.starts_with(question));
        const std::int64_t id = std::stoll(request.target.substr(question.size()));
        const char* const status = id == 1'001 ? "banned" : "active";
        return ok(id > 1'001 ? R"({"items":[],"next_cursor":null})"
                             : R"({"items":[{"status":")" + std::string(status) + R"("}],"next_cursor":null})");
    }
    Answer posts(const PeerRequest& request) {
        EXPECT_EQ(request.method + request.target, "POST/api/posts/batch");
        post_calls_.push_back(request);
        std::string items;
        const auto asked = boost::json::parse(request.body);
        for (const auto& id : asked.at("ids").as_array()) {
            if (hidden_.contains(id.as_int64())) continue;
            items += (items.empty() ? "" : ",") + (R"({"id":)" + std::to_string(id.as_int64()) + R"(,"text":"t"})");
        }
        return ok(R"({"items":[)" + items + "]}");
    }
};
