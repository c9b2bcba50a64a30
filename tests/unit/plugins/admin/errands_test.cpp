// What was decided is done, once the others answer, and taken back when they refuse.
#include <gatehouse/call.hpp>

#include "tests/unit/plugins/admin/admin_fixture.hpp"

namespace {

class ErrandsTest : public AdminFixture {
protected:
    // Auth answers what it is asked, but nothing that changes anything.
    void stop_changes() {
        host_.on_call("auth", [this](const PeerRequest& request) -> Answer {
            if (request.method != "GET") throw gatehouse::CallFailed(GH_E_TIMEOUT, "no answer");
            return {.status = 200, .headers = {}, .body = account(7)};
        });
    }
    boost::json::value errands() { return boost::json::parse(host_.admin("errands.list").json); }
    // How often auth is asked to change something.
    std::size_t attempts_in(int seconds) {
        const std::size_t before = attempts_;
        run_jobs(seconds);
        return attempts_ - before;
    }
    // Every change ends like this; bans stay what they are.
    void answer_changes(int status) {
        host_.on_call("auth", [this, status](const PeerRequest& request) -> Answer {
            if (request.method == "GET") return {.status = 200, .headers = {}, .body = account(7)};
            ++attempts_;
            return {.status = status, .headers = {}, .body = "{}"};
        });
    }
    std::size_t attempts_ = 0;
    static std::string account(std::int64_t id) {
        return R"({"items":[{"id":)" + std::to_string(id) +
               R"(,"username":"ann","email":"ann@example.com","roles":["user"],"email_verified":false,"status":"active",)"
               R"("full_name":null,"phone":null,"created_at":"2026-01-01T00:00:00.000Z","last_login_at":null}],)"
               R"("next_cursor":null})";
    }
};

TEST_F(ErrandsTest, ABanWithoutAnAnswerIsAcceptedAndDoneLater) {
    auth_ = Peer::broken;
    const Answer accepted = ban(kRoot, 7);
    EXPECT_EQ(accepted.status, 202) << accepted.body;
    EXPECT_EQ(accepted.json().at("status"), "active");
    EXPECT_EQ(accepted.json().at("ban").at("reason"), "spam");
    EXPECT_EQ(ban(kBoss, 7).status, 409) << "one at a time";
    EXPECT_EQ(act(kBoss, 7, "/unban").status, 409);
    run_jobs(3);
    EXPECT_EQ(accounts_[7].status, "active");
    auth_ = Peer::up;
    run_jobs(70);
    EXPECT_EQ(accounts_[7].status, "banned");
    EXPECT_EQ(audit(), std::vector<std::string>{"user.ban user/7"}) << "decided once, logged once";
}

TEST_F(ErrandsTest, AnAnswerThatWasLostIsNoRefusal) {
    auth_ = Peer::mute;
    EXPECT_EQ(ban(kRoot, 7).status, 202);
    EXPECT_EQ(accounts_[7].status, "banned");
    EXPECT_EQ(send(kRoot, "PATCH", "/api/admin/users/8", R"({"roles":["moderator"]})").status, 202);
    auth_ = Peer::up;
    run_jobs(20);
    EXPECT_EQ(accounts_[7].status, "banned");
    EXPECT_EQ(accounts_[8].roles, std::vector<std::string>{"moderator"});
    EXPECT_EQ(audit(), (std::vector<std::string>{"user.roles user/8", "user.ban user/7"}));
    EXPECT_EQ(act(kRoot, 7, "/unban").status, 200) << "nothing is under way any more";
}

TEST_F(ErrandsTest, ALaterRefusalTakesTheDecisionBack) {
    auth_ = Peer::broken;
    EXPECT_EQ(ban(kRoot, 7).status, 202);
    accounts_[7].status = "deleted";
    auth_ = Peer::up;
    run_jobs(20);
    EXPECT_EQ(accounts_[7].status, "deleted");
    EXPECT_EQ(audit(), (std::vector<std::string>{"user.ban_refused user/7", "user.ban user/7"}));
    accounts_[7].status = "active";
    EXPECT_TRUE(send(kRoot, "GET", "/api/admin/users/7").json().at("ban").is_null());
}

TEST_F(ErrandsTest, AKilledProcessLeavesThemToTheNext) {
    stop_changes();
    EXPECT_EQ(ban(kRoot, 7).status, 202);  // as far as one gets that is killed before auth answers
    gatehouse::testing::TestHost next(gh_plugin_entry_v1(), R"({"database":")" + database_.url() + R"("})");
    int bans = 0;
    next.on_call("auth", [&](const PeerRequest& request) {
        EXPECT_EQ(request.method, "PATCH");
        EXPECT_EQ(request.target, "/api/auth/users/7");
        ++bans;
        return Answer{.status = 200, .headers = {}, .body = "{}"};
    });
    next.set_wall_time(host_.wall_time());
    for (int i = 0; i < 20; ++i) next.advance(std::chrono::seconds(1));
    EXPECT_EQ(bans, 1);
    run_jobs(100);  // the first one, were it still alive, finds nothing to do
    EXPECT_EQ(host_.metric("errands_total", {"ban", "unknown"}), 1);
}

TEST_F(ErrandsTest, WhatFailsIsTriedEverMoreSeldomAndThenSomebodyIsTold) {
    answer_changes(500);
    EXPECT_EQ(ban(kRoot, 7).status, 202);
    EXPECT_EQ(attempts_in(200), 3U) << "after 16, 32 and 64 seconds";
    EXPECT_EQ(audit(), std::vector<std::string>{"user.ban user/7"});
    const auto waiting = errands();
    EXPECT_EQ(waiting.at("count"), 1);
    const auto& errand = waiting.at("errands").at(0);
    EXPECT_EQ(errand.at("kind"), "ban");
    EXPECT_EQ(errand.at("target"), "user/7");
    EXPECT_EQ(errand.at("decided_by"), "root");
    EXPECT_EQ(errand.at("last_error"), "status 500");
    EXPECT_EQ(errand.at("stuck"), false);
    attempts_in(2 * 3'600);
    EXPECT_EQ(errands().at("errands").at(0).at("stuck"), true);
    EXPECT_EQ(host_.metric("errands_stuck_total", {"ban"}), 1);
    EXPECT_EQ(audit(), (std::vector<std::string>{"user.ban_delayed user/7", "user.ban user/7"}));
    const auto details = send(kRoot, "GET", "/api/admin/audit?limit=1").json().at("items").at(0);
    EXPECT_EQ(details.at("actor_name"), "root");
    EXPECT_EQ(details.at("details").at("reason"), "status 500");
    EXPECT_LE(attempts_in(5 * 3'600), 6U) << "once an hour";
    EXPECT_EQ(audit().size(), 2U) << "told once";
    answer_changes(200);
    attempts_in(3'600);
    EXPECT_EQ(errands().at("count"), 0);
    EXPECT_EQ(host_.metric("errands_total", {"ban", "done"}), 1);
}

TEST_F(ErrandsTest, WhoDoesNotAnswerIsAskedEachMinuteForAsLongAsItTakes) {
    for (const int status : {503, 429}) {
        answer_changes(status);
        if (errands().at("count") == 0) {
            EXPECT_EQ(ban(kRoot, 7).status, 202);
        }
        attempts_in(600);
        EXPECT_NEAR(static_cast<double>(attempts_in(3'600)), 60, 2) << status;
    }
    EXPECT_EQ(audit(), std::vector<std::string>{"user.ban user/7"});
    EXPECT_EQ(host_.metric("errands_stuck_total", {"ban"}), 0);
    EXPECT_EQ(errands().at("errands").at(0).at("failures"), 0);
}

TEST_F(ErrandsTest, AnOperatorHasOneTriedAtOnceThatWouldWaitAnHour) {
    answer_changes(500);
    EXPECT_EQ(ban(kRoot, 7).status, 202);
    attempts_in(3 * 3'600);
    const std::string id = std::to_string(errands().at("errands").at(0).at("id").as_int64());
    answer_changes(200);
    EXPECT_EQ(boost::json::parse(host_.admin("errands.retry", R"({"id":)" + id + "}").json).at("retried"), 1);
    EXPECT_EQ(attempts_in(2), 1U);
    EXPECT_EQ(errands().at("count"), 0);
    EXPECT_EQ(boost::json::parse(host_.admin("errands.retry", R"({"all":true})").json).at("retried"), 0);
    for (const char* nonsense : {"{}", R"({"id":1,"all":true})"}) {
        EXPECT_NE(host_.admin("errands.retry", nonsense).status, GH_OK) << nonsense;
    }
}

TEST_F(ErrandsTest, WhatAnOperatorGivesUpIsTakenBack) {
    const auto report_id = report(kBob, "post/100");
    host_.on_call("posts", [](const PeerRequest&) -> Answer { return {.status = 500, .headers = {}, .body = "{}"}; });
    EXPECT_EQ(resolve(kMod, report_id, R"({"action":"remove"})").status, 202);
    attempts_in(100);
    const std::string id = std::to_string(errands().at("errands").at(0).at("id").as_int64());
    EXPECT_EQ(host_.admin("errands.give_up", R"({"id":)" + id + "}").status, GH_OK);
    EXPECT_EQ(errands().at("count"), 0);
    EXPECT_EQ(look(report_id).at("state"), "open");
    EXPECT_EQ(audit("?target=post/100"),
              (std::vector<std::string>{"post.remove_refused post/100", "post.remove post/100"}));
    EXPECT_EQ(resolve(kMia, report_id).status, 200) << "somebody can decide again";
    EXPECT_NE(host_.admin("errands.give_up", R"({"id":)" + id + "}").status, GH_OK) << "there is none";
}

TEST_F(ErrandsTest, ARemovalIsDoneLaterToo) {
    const auto id = report(kBob, "post/100");
    post_service_ = Peer::down;
    const Answer accepted = resolve(kMod, id, R"({"action":"remove"})");
    EXPECT_EQ(accepted.status, 202) << accepted.body;
    EXPECT_EQ(accepted.json().at("state"), "resolving");
    EXPECT_EQ(resolve(kMod, id, R"({"action":"remove"})").status, 202) << "the same again";
    EXPECT_EQ(resolve(kMia, id, R"({"action":"dismiss"})").status, 409);
    EXPECT_TRUE(events("report.resolved").empty());
    run_jobs(3);
    post_service_ = Peer::up;
    run_jobs(70);
    EXPECT_FALSE(posts_.contains(100));
    EXPECT_EQ(look(id).at("state"), "resolved");
    EXPECT_EQ(look(id).at("resolved_by"), 20);
    EXPECT_EQ(events("report.resolved").size(), 1U);
    EXPECT_EQ(audit(),
              (std::vector<std::string>{"post.remove post/100", "report.resolve report/" + std::to_string(id)}));
}

TEST_F(ErrandsTest, AnAnswerOfTheGatewayItselfIsNeitherDoneNorRefused) {
    const auto id = report(kBob, "post/100");
    const auto answer_all = [](const PeerRequest& request) -> Answer {
        if (request.method == "GET") return {.status = 200, .headers = {}, .body = account(7)};
        return {.status = 404, .headers = {{"gatehouse-error", "no_route"}}, .body = "{}"};
    };
    host_.on_call("posts", answer_all);
    host_.on_call("auth", answer_all);
    EXPECT_EQ(resolve(kMod, id, R"({"action":"remove"})").status, 202);
    EXPECT_EQ(ban(kRoot, 7).status, 202);
    attempts_in(100);
    EXPECT_EQ(look(id).at("state"), "resolving");
    EXPECT_EQ(errands().at("count"), 2);
    EXPECT_EQ(errands().at("errands").at(0).at("last_error"), "status 404 of the gateway, no_route");
    host_.on_call("posts", [](const PeerRequest&) -> Answer { return {.status = 404, .headers = {}, .body = "{}"}; });
    run_jobs(300);
    EXPECT_EQ(look(id).at("state"), "resolved") << "now posts itself says that it is gone";
    EXPECT_EQ(errands().at("count"), 1);
}

TEST_F(ErrandsTest, ARemovalWhoseAnswerWasLostIsNotDoneTwice) {
    const auto id = report(kBob, "comment/200");
    post_service_ = Peer::mute;
    EXPECT_EQ(resolve(kMod, id, R"({"action":"remove"})").status, 202);
    post_service_ = Peer::up;
    run_jobs(20);
    EXPECT_EQ(look(id).at("state"), "resolved");
    EXPECT_EQ(events("report.resolved").size(), 1U);
}

}  // namespace
