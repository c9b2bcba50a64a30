#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <gatehouse/abi.h>
#include <gatehouse/storage/database.hpp>
#include <gatehouse/testing.hpp>

#include <boost/json.hpp>

#include "tests/unit/plugins/support/test_database.hpp"

extern "C" const gh_plugin* gh_plugin_entry_v1(void);

// The service with some people and two peers that behave like auth and posts.
class AdminFixture : public ::testing::Test {
protected:
    using Answer = gatehouse::testing::Answer;
    using PeerRequest = gatehouse::testing::PeerRequest;
    struct Person {
        std::int64_t id;
        const char* name;
        std::vector<std::string> roles;
    };
    static const Person kNobody, kAnn, kBob, kCid, kMod, kMia, kRoot, kBoss;

    struct Account {
        std::string username;
        std::vector<std::string> roles;
        std::string status = "active";
        bool email_verified = false;
    };
    struct Writing {
        std::int64_t author;
        std::string text;
        std::int64_t only_for = 0;  // 0: for everybody
    };
    enum class Peer {
        up,
        down,   // no answer, and nothing happens
        mute,   // it happens, and the answer is lost
        broken  // status 500
    };

    AdminFixture();

    Answer send(const Person& who, std::string method, std::string target, std::string body = {},
                std::string if_match = {});
    Answer act(const Person& who, std::int64_t user_id, const std::string& verb, std::string body = {});
    Answer ban(const Person& who, std::int64_t user_id, std::string body = R"({"reason":"spam"})") {
        return act(who, user_id, "/ban", std::move(body));
    }
    // The id of a report.
    std::int64_t report(const Person& who, const std::string& target, const std::string& reason = "rude");
    Answer resolve(const Person& who, std::int64_t id, std::string body = R"({"action":"dismiss"})");
    boost::json::object look(std::int64_t report_id);

    // Actions of the audit log, the latest first: "user.ban user/7".
    std::vector<std::string> audit(const std::string& query = {});
    std::vector<std::int64_t> all_ids(const Person& who, const std::string& target);
    std::vector<std::string> events(const std::string& prefix);
    std::string rfc3339_in(std::chrono::milliseconds time) { return gatehouse::to_rfc3339(host_.wall_time() + time); }
    void run_jobs(int seconds = 2) {
        for (int i = 0; i < seconds; ++i) host_.advance(std::chrono::seconds(1));
    }
    template <class F>
    static void in_parallel(int threads, F work) {
        std::vector<std::thread> running;
        for (int i = 0; i < threads; ++i) running.emplace_back([&work, i] { work(i); });
        for (std::thread& thread : running) thread.join();
    }

    std::map<std::int64_t, Account> accounts_;
    std::map<std::int64_t, Writing> posts_, comments_;
    Peer auth_ = Peer::up, post_service_ = Peer::up;
    std::vector<PeerRequest> changes_;     // that auth and posts got, but for reads
    std::string list_target_;              // of the last list of accounts
    std::function<void()> before_change_;  // what somebody else does just before

    TestDatabase database_;
    gatehouse::testing::TestHost host_{gh_plugin_entry_v1(), R"({"database":")" + database_.url() + R"("})"};

private:
    Answer auth(const PeerRequest& request);
    Answer posts(const PeerRequest& request);
    Answer change(Peer peer, const std::function<Answer()>& apply);
    Answer list_accounts(const PeerRequest& request);
    Answer change_account(std::int64_t id, const boost::json::object& order);
    std::string account_json(std::int64_t id) const;

    std::mutex mutex_;
};
