#pragma once

#include <gtest/gtest.h>

#include <functional>
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

// The posts service with three people: ann and bob, who write, and mod, who moderates.
class PostsFixture : public ::testing::Test {
protected:
    using Answer = gatehouse::testing::Answer;
    struct Person {
        std::int64_t id;
        const char* name;
        const char* role;
    };
    static constexpr Person kNobody{0, "", ""}, kAnn{7, "ann", "user"}, kBob{8, "bob", "user"},
        kMod{9, "mod", "moderator"};

    Answer send(const Person& who, std::string method, std::string target, std::string body = {},
                std::string if_match = {}) {
        auto request = host_.request(std::move(method), std::move(target));
        if (who.id != 0) request.as_user(who.id, who.name, {who.role});
        if (!body.empty()) request.json(std::move(body));
        if (!if_match.empty()) request.header("if-match", std::move(if_match));
        return request.send();
    }
    static std::string id_of(const Answer& answer) { return std::to_string(answer.json().at("id").as_int64()); }
    // The path of a new post.
    std::string post(const Person& who, std::string_view visibility = "public") {
        const Answer answer =
            send(who, "POST", "/api/posts", R"({"text":"hello","visibility":")" + std::string(visibility) + R"("})");
        EXPECT_EQ(answer.status, 201) << answer.body;
        return "/api/posts/" + id_of(answer);
    }
    // The id of a new post of any shape.
    std::int64_t write(const Person& who, std::string body) {
        const Answer answer = send(who, "POST", "/api/posts", std::move(body));
        EXPECT_EQ(answer.status, 201) << answer.body;
        return answer.json().at("id").as_int64();
    }
    static std::string at(std::int64_t id) { return "/api/posts/" + std::to_string(id); }
    void follow(const Person& who, const Person& author, const char* event = "subscription.created") {
        const std::string follower = std::to_string(who.id), followed = std::to_string(author.id);
        EXPECT_EQ(host_.deliver(event, R"({"follower_id":)" + follower + R"(,"user_id":)" + followed + "}",
                                {.source = "subscriptions", .subject = "subscription/" + follower + "-" + followed}),
                  GH_OK);
    }
    std::string comment(const Person& who, const std::string& post_path, const std::string& parent = "null") {
        const Answer answer =
            send(who, "POST", post_path + "/comments", R"({"text":"well","parent_id":)" + parent + "}");
        EXPECT_EQ(answer.status, 201) << answer.body;
        return id_of(answer);
    }
    std::int64_t number(const std::string& path, std::string_view key) {
        return send(kAnn, "GET", path).json().at(key).as_int64();
    }
    // Follows next_cursor to the end; calls between(page) after each page.
    std::vector<std::int64_t> all_ids(
        const Person& who, const std::string& target, std::string_view key = "id",
        const std::function<void()>& between = [] {}) {
        std::vector<std::int64_t> ids;
        std::string cursor;
        do {
            const Answer answer = send(who, "GET", target + cursor);
            EXPECT_EQ(answer.status, 200) << answer.body;
            const auto page = answer.json();
            for (const auto& item : page.at("items").as_array()) ids.push_back(item.at(key).as_int64());
            const auto& next = page.at("next_cursor");
            cursor = next.is_null() ? "" : "&cursor=" + std::string(next.as_string());
            between();
        } while (!cursor.empty());
        return ids;
    }
    template <class F>
    static void in_parallel(int threads, F work) {
        std::vector<std::thread> running;
        for (int i = 0; i < threads; ++i) running.emplace_back([&work, i] { work(i); });
        for (std::thread& thread : running) thread.join();
    }

    TestDatabase database_;
    gatehouse::testing::TestHost host_{gh_plugin_entry_v1(), R"({"database":")" + database_.url() + R"("})"};
};
