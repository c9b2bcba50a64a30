#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gatehouse/abi.h>
#include <gatehouse/testing.hpp>

#include <boost/json.hpp>

#include "tests/unit/plugins/support/test_database.hpp"

extern "C" const gh_plugin* gh_plugin_entry_v1(void);

namespace {

using gatehouse::testing::Answer;
using gatehouse::testing::PeerRequest;
using gatehouse::testing::TestHost;

class UsersTest : public ::testing::Test {
protected:
    static constexpr std::int64_t kAnn = 7, kBob = 8;

    Answer as(std::int64_t user, std::string method, std::string target, std::string body = {}) {
        auto request = host_.request(std::move(method), std::move(target));
        request.as_user(user, user == kAnn ? "Ann" : "bob");
        if (!body.empty()) request.json(std::move(body));
        return request.send();
    }
    Answer get(std::string target) { return host_.request("GET", std::move(target)).send(); }
    void follow(std::int64_t follower, std::int64_t followed) {
        as(follower, "GET", "/api/users/me");
        const std::string payload =
            R"({"follower_id":)" + std::to_string(follower) + R"(,"user_id":)" + std::to_string(followed) + "}";
        EXPECT_EQ(host_.deliver("subscription.created", payload, {.source = "subscriptions"}), GH_OK);
    }
    static std::string text(const Answer& answer, std::string_view key) {
        return std::string(answer.json().at(key).as_string());
    }

    TestDatabase database_;
    TestHost host_{gh_plugin_entry_v1(), R"({"database":")" + database_.url() + R"("})"};
};

// Many clients write what is not ASCII as escapes, two of six octets for an emoji.
TEST_F(UsersTest, TakesTheLongestTextsHoweverTheyAreWritten) {
    std::string bio;
    for (int i = 0; i < 2'000; ++i) bio += R"(\ud83d\ude00)";
    EXPECT_EQ(as(kAnn, "POST", "/api/users", R"({"bio":")" + bio + "\"}").status, 201);
    EXPECT_EQ(as(kAnn, "PATCH", "/api/users/me", R"({"bio":")" + bio + "\"}").status, 200);
}

// RFC 9110, 13.1.2: 304 is for GET and HEAD.
TEST_F(UsersTest, AChangeIsNeverNotModified) {
    auto request = host_.request("PATCH", "/api/users/me").as_user(kAnn, "Ann").header("if-none-match", "*");
    const Answer answer = request.json(R"({"bio":"changed"})").send();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(text(answer, "bio"), "changed");
}

TEST_F(UsersTest, GivesEveryAccountAProfileOnFirstSight) {
    const Answer answer = as(kAnn, "GET", "/api/users/me");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(text(answer, "username"), "Ann");
    EXPECT_EQ(answer.json().at("id"), kAnn);
    EXPECT_EQ(get("/api/users/7").status, 200);
}

TEST_F(UsersTest, CreatesAProfileOnce) {
    const Answer created =
        as(kAnn, "POST", "/api/users", R"({"first_name":"Аня","gender":"female","birthday":"1990-02-28"})");
    EXPECT_EQ(created.status, 201);
    EXPECT_EQ(created.header("location"), "/api/users/me");
    EXPECT_EQ(text(created, "first_name"), "Аня");
    EXPECT_EQ(text(created, "birthday"), "1990-02-28");
    EXPECT_EQ(as(kAnn, "POST", "/api/users", R"({"first_name":"Ann"})").status, 409);
}

TEST_F(UsersTest, FillsAProfileThatWasOnlySeenBefore) {
    as(kAnn, "GET", "/api/users/me");
    EXPECT_EQ(as(kAnn, "POST", "/api/users", R"({"first_name":"Ann"})").status, 201);
}

TEST_F(UsersTest, NamesEveryBadFieldAtOnce) {
    const Answer answer = as(kAnn, "POST", "/api/users",
                             R"({"gender":"robot","birthday":"2999-01-01","phone":"call me","first_name":7})");
    EXPECT_EQ(answer.status, 422);
    const std::vector<std::string> expected{"/first_name", "/gender", "/birthday", "/phone"};
    EXPECT_EQ(answer.error_pointers(), expected);
}

TEST_F(UsersTest, ChangesOnlyWhatIsNamedAndClearsWithNull) {
    as(kAnn, "POST", "/api/users", R"({"first_name":"Ann","last_name":"Lee","bio":"hi"})");
    const Answer changed = as(kAnn, "PATCH", "/api/users/me", R"({"last_name":null,"bio":"hello"})");
    EXPECT_EQ(changed.status, 200);
    EXPECT_EQ(text(changed, "first_name"), "Ann");
    EXPECT_TRUE(changed.json().at("last_name").is_null());
    EXPECT_EQ(text(changed, "bio"), "hello");
}

TEST_F(UsersTest, RefusesAChangeMadeOnAnOldVersion) {
    const std::string tag = as(kAnn, "GET", "/api/users/me").header("etag");
    EXPECT_FALSE(tag.empty());
    const auto patch = [&] {
        return host_.request("PATCH", "/api/users/me")
            .as_user(kAnn, "Ann")
            .header("if-match", tag)
            .json(R"({"bio":"x"})")
            .send();
    };
    EXPECT_EQ(patch().status, 200);
    EXPECT_EQ(patch().status, 412);
    const std::string now = as(kAnn, "GET", "/api/users/me").header("etag");
    EXPECT_EQ(host_.request("GET", "/api/users/me").as_user(kAnn, "Ann").header("if-none-match", now).send().status,
              304);
}

TEST_F(UsersTest, TagsWhatEverybodySees) {
    as(kAnn, "POST", "/api/users", R"({"first_name":"Ann"})");
    const auto status_with = [&](const std::string& tag) {
        return host_.request("GET", "/api/users/7").header("if-none-match", tag).send().status;
    };
    const std::string first = get("/api/users/7").header("etag");
    EXPECT_EQ(status_with(first), 304);
    as(kAnn, "PATCH", "/api/users/me", R"({"bio":"hello"})");
    EXPECT_EQ(status_with(first), 200);
    const std::string second = get("/api/users/7").header("etag");
    follow(kBob, kAnn);
    EXPECT_EQ(status_with(second), 200);
}

TEST_F(UsersTest, ANewFollowerIsSeenAndStandsInNobodysWay) {
    const std::string tag = as(kAnn, "GET", "/api/users/me").header("etag");
    follow(kBob, kAnn);
    const auto with = [&](const std::string& method, const std::string& field) {
        auto request = host_.request(method, "/api/users/me").as_user(kAnn, "Ann").header(field, tag);
        return (method == "PATCH" ? request.json(R"({"bio":"x"})") : request).send().status;
    };
    EXPECT_EQ(with("GET", "if-none-match"), 200);
    EXPECT_EQ(with("PATCH", "if-match"), 200);
    EXPECT_EQ(with("PATCH", "if-match"), 412);
}

TEST_F(UsersTest, NeverShowsPhoneOrBirthdayToOthers) {
    as(kAnn, "POST", "/api/users", R"({"first_name":"Ann","phone":"+4930123456","birthday":"1990-01-01"})");
    const std::string shown = get("/api/users/7").body + get("/api/users?ids=7").body + get("/api/users?q=a").body;
    EXPECT_EQ(shown.find("4930123456"), std::string::npos);
    EXPECT_EQ(shown.find("1990"), std::string::npos);
}

TEST_F(UsersTest, IgnoresAnIdInTheBody) {
    as(kAnn, "POST", "/api/users", R"({"id":8,"user_id":8,"first_name":"Mallory"})");
    EXPECT_EQ(get("/api/users/8").status, 404);
}

TEST_F(UsersTest, ReadsManyAtOnceAndLeavesOutTheUnknown) {
    as(kAnn, "GET", "/api/users/me");
    as(kBob, "GET", "/api/users/me");
    EXPECT_EQ(get("/api/users?ids=7,8,999").json().at("items").as_array().size(), 2u);
    EXPECT_EQ(get("/api/users?ids=").json().at("items").as_array().size(), 0u);
    EXPECT_EQ(get("/api/users?ids=7,x").status, 422);
    std::string many = "/api/users?ids=1";
    for (int i = 2; i <= 101; ++i) many += "," + std::to_string(i);
    EXPECT_EQ(get(many).status, 422);
}

TEST_F(UsersTest, FindsByPrefixPageByPage) {
    for (int i = 0; i < 25; ++i) {
        const std::string name = std::string(i % 2 == 0 ? "Xena" : "xerxes") + std::to_string(i);
        host_.request("GET", "/api/users/me").as_user(100 + i, name).send();
    }
    as(kAnn, "GET", "/api/users/me");
    std::vector<std::int64_t> seen;
    std::string target = "/api/users?q=xE&limit=10";
    for (int pages = 0; pages < 5; ++pages) {
        const auto page = get(target).json();
        for (const auto& item : page.at("items").as_array()) seen.push_back(item.at("id").as_int64());
        if (page.at("next_cursor").is_null()) break;
        target = "/api/users?q=xE&limit=10&cursor=" + std::string(page.at("next_cursor").as_string());
    }
    EXPECT_EQ(seen.size(), 25u);
    EXPECT_EQ(get("/api/users?q=x&cursor=forged").status, 422);
}

class UserDeletionTest : public UsersTest {
protected:
    UserDeletionTest() {
        host_.on_call("auth", [this](const PeerRequest& request) {
            calls_.push_back(request.method + " " + request.target + " " + request.body);
            Answer answer;
            answer.status = auth_status_;
            answer.body = auth_body_;
            return answer;
        });
        as(kAnn, "POST", "/api/users", R"({"first_name":"Ann"})");
    }
    std::vector<std::string> calls_;
    int auth_status_ = 204;
    std::string auth_body_;
};

TEST_F(UserDeletionTest, HidesTheProfileAndClosesTheAccount) {
    EXPECT_EQ(as(kAnn, "DELETE", "/api/users/me").status, 204);
    EXPECT_EQ(calls_, std::vector<std::string>{R"(PATCH /api/auth/users/7 {"status":"deleted","keep_admin":true})"});
    EXPECT_EQ(as(kAnn, "GET", "/api/users/me").status, 404);
    EXPECT_EQ(as(kAnn, "PATCH", "/api/users/me", R"({"bio":"x"})").status, 404);
    const Answer shown = get("/api/users/7");
    EXPECT_TRUE(shown.json().at("deleted").as_bool());
    EXPECT_EQ(shown.body.find("Ann"), std::string::npos);
    EXPECT_EQ(get("/api/users?q=ann").json().at("items").as_array().size(), 0u);
}

TEST_F(UserDeletionTest, MayBeRepeatedWhenAuthWasAway) {
    auth_status_ = 500;
    EXPECT_EQ(as(kAnn, "DELETE", "/api/users/me").status, 503);
    EXPECT_EQ(as(kAnn, "GET", "/api/users/me").status, 200) << "nothing is half done";
    auth_status_ = 204;
    EXPECT_EQ(as(kAnn, "DELETE", "/api/users/me").status, 204);
    EXPECT_EQ(calls_.size(), 2u);
}

TEST_F(UserDeletionTest, WhatAuthRefusesLeavesEverythingAsItWas) {
    auth_status_ = 409;
    auth_body_ = R"({"title":"Conflict","status":409,"detail":"There would be no administrator left."})";
    const Answer refused = as(kAnn, "DELETE", "/api/users/me");
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(refused.json().at("detail"), "There would be no administrator left.");
    auth_body_ = "no problem";
    EXPECT_EQ(as(kAnn, "DELETE", "/api/users/me").status, 409);
    EXPECT_EQ(as(kAnn, "GET", "/api/users/me").status, 200);
    EXPECT_EQ(get("/api/users/7").json().at("first_name"), "Ann");
}

TEST_F(UsersTest, CreatesOneProfileUnderAnyRace) {
    std::atomic<int> created{0}, conflicts{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 16; ++i) {
        threads.emplace_back([&] {
            const int status = as(kAnn, "POST", "/api/users", R"({"first_name":"Ann"})").status;
            (status == 201 ? created : conflicts) += status == 201 || status == 409 ? 1 : 100;
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(created, 1);
    EXPECT_EQ(conflicts, 15);
}

TEST_F(UsersTest, RefusesAnonymousCallers) {
    for (const auto& [method, target] :
         std::initializer_list<std::pair<const char*, const char*>>{{"GET", "/api/users/me"},
                                                                    {"POST", "/api/users"},
                                                                    {"PATCH", "/api/users/me"},
                                                                    {"DELETE", "/api/users/me"}}) {
        EXPECT_EQ(host_.request(method, target).send().status, 401) << method << target;
    }
    EXPECT_EQ(get("/api/users/0").status, 404);
    EXPECT_EQ(get("/api/users/99999999999999999999").status, 404);
}

TEST_F(UsersTest, ReportsItsMigrations) {
    const auto steps = host_.migration_status();
    ASSERT_EQ(steps.size(), 4u);  // that of events, and its own
    const auto is_first = [](const auto& step) { return step.name == "0001_create_profiles"; };
    EXPECT_TRUE(std::any_of(steps.begin(), steps.end(), is_first));
    for (const auto& step : steps) EXPECT_TRUE(step.applied) << step.name;
}

}  // namespace
