// The service with mails as files, and small verbs.
#pragma once

#include <gatehouse/abi.h>
#include <gatehouse/seal.hpp>
#include <gatehouse/testing.hpp>

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/unit/plugins/support/test_database.hpp"
#include "tests/unit/support/test_directory.hpp"

extern "C" const gh_plugin* gh_plugin_entry_v1(void);

class NotifyFixture : public ::testing::Test {
protected:
    static constexpr const char* kKey = "0123456789abcdef0123456789abcdef";

    // more: of the configuration, `,"name":value`.
    explicit NotifyFixture(std::string more = {}) : more_(std::move(more)) {}

    std::string config() const {
        return R"({"database":")" + database_.url() + R"(","notify_key":")" + kKey + R"(","mail_directory":")" +
               mails_.string() + R"(","public_url":"https://gatehouse.test")" + more_ + "}";
    }
    gh_status tell(const std::string& type, const std::string& payload, const std::string& id = {}) {
        return host_.deliver(type, payload, {.source = "auth", .subject = "user/7", .id = id});
    }
    gh_status register_ann() {
        return tell("user.registered", R"({"id":7,"username":"ann","email":"ann@example.com"})");
    }
    gh_status confirm_ann() { return tell("user.email_verified", R"({"id":7,"email":"ann@example.com"})"); }
    // Somebody else each time, all called bob.
    gh_status follow(const std::string& id = {}) { return follow_as(next_follower_++, id); }
    gh_status follow_as(std::int64_t follower, const std::string& id = {}) {
        const std::string who = std::to_string(follower);
        return host_.deliver("subscription.created",
                             R"({"follower_id":)" + who + R"(,"follower_name":"bob","user_id":7})",
                             {.source = "subscriptions", .subject = "subscription/" + who + "/7", .id = id});
    }
    gh_status ask_for_reset(const std::string& id, const std::string& token,
                            std::chrono::minutes good_for = std::chrono::minutes(30)) {
        const std::string until = gatehouse::to_rfc3339(host_.wall_time() + good_for);
        return tell("user.password_reset_requested",
                    R"({"id":7,"username":"ann","email":"ann@example.com","sealed":")" +
                        gatehouse::Sealer(kKey).seal(token, id) + R"(","expires_at":")" + until + R"("})",
                    id);
    }
    void send_mails() { host_.advance(std::chrono::seconds(2)); }
    std::vector<std::string> mails() const {
        std::vector<std::string> found;
        if (!std::filesystem::exists(mails_)) return found;
        for (const auto& entry : std::filesystem::directory_iterator(mails_)) {
            std::ifstream file(entry.path());
            found.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
        }
        return found;
    }
    boost::json::value get(const std::string& path, std::int64_t user = 7) {
        const auto answer = host_.request("GET", path).as_user(user, "ann").send();
        EXPECT_EQ(answer.status, 200) << answer.body;
        return answer.json();
    }
    boost::json::value dead() { return boost::json::parse(host_.admin("mails.list").json); }

    std::int64_t next_follower_ = 8;
    std::string more_;
    TestDatabase database_;
    TestDirectory folder_;
    std::filesystem::path mails_ = folder_.path() / "mails";
    gatehouse::testing::TestHost host_{gh_plugin_entry_v1(), config()};
};
