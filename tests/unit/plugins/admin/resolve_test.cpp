#include <algorithm>

#include "tests/unit/plugins/admin/admin_fixture.hpp"

namespace {

class ResolveTest : public AdminFixture {};

TEST_F(ResolveTest, DismissesAllOpenReportsOfTheSame) {
    const auto a = report(kBob, "post/100"), b = report(kCid, "post/100"), other = report(kBob, "comment/200");
    const Answer resolved = resolve(kMod, a, R"({"action":"dismiss","note":"fine"})");
    ASSERT_EQ(resolved.status, 200) << resolved.body;
    EXPECT_EQ(resolved.json().at("state"), "resolved");
    EXPECT_EQ(resolved.json().at("resolved_by_name"), "mod");
    EXPECT_EQ(look(b).at("state"), "resolved");
    EXPECT_EQ(look(b).at("note"), "fine");
    EXPECT_EQ(look(other).at("state"), "open");
    EXPECT_TRUE(posts_.contains(100));
    EXPECT_TRUE(changes_.empty());
    EXPECT_EQ(events("report.resolved").size(), 2U);
    const auto entry = send(kRoot, "GET", "/api/admin/audit").json().at("items").at(0);
    EXPECT_EQ(entry.at("action"), "report.resolve");
    EXPECT_EQ(entry.at("details").at("reports").as_array().size(), 2U);
}

TEST_F(ResolveTest, RemovesPostsAndComments) {
    const auto post = report(kBob, "post/101"), comment = report(kBob, "comment/200");
    EXPECT_EQ(resolve(kMod, post, R"({"action":"remove"})").status, 200);
    EXPECT_EQ(resolve(kRoot, comment, R"({"action":"remove"})").json().at("action"), "remove");
    EXPECT_FALSE(posts_.contains(101)) << "although it is hidden from the moderator";
    EXPECT_FALSE(comments_.contains(200));
    EXPECT_EQ(changes_.at(0).user_id, 20);
    EXPECT_EQ(events("report.resolved").size(), 2U);
    EXPECT_EQ(audit("?target=post/101"), std::vector<std::string>{"post.remove post/101"});
}

TEST_F(ResolveTest, RemovingWhatIsGoneAlreadyIsFine) {
    const auto id = report(kBob, "post/100");
    posts_.erase(100);
    EXPECT_EQ(resolve(kMod, id, R"({"action":"remove"})").status, 200);
}

TEST_F(ResolveTest, BansTheAuthor) {
    const auto id = report(kBob, "post/100"), about = report(kBob, "user/9", "a bot");
    const Answer resolved = resolve(
        kMod, id, R"({"action":"ban","note":"third time","until":")" + rfc3339_in(std::chrono::hours(1)) + "\"}");
    ASSERT_EQ(resolved.status, 200) << resolved.body;
    EXPECT_EQ(accounts_[7].status, "banned");
    const auto ban = send(kRoot, "GET", "/api/admin/users/7").json().at("ban");
    EXPECT_EQ(ban.at("reason"), "third time");
    EXPECT_EQ(ban.at("banned_by"), 20);
    EXPECT_EQ(resolve(kMod, about, R"({"action":"ban"})").status, 200);
    EXPECT_EQ(send(kRoot, "GET", "/api/admin/users/9").json().at("ban").at("reason"), "a bot");
    EXPECT_EQ(audit("?target=user/7"), std::vector<std::string>{"user.ban user/7"});
    run_jobs(3605);
    EXPECT_EQ(accounts_[7].status, "active");
    EXPECT_EQ(accounts_[9].status, "banned");
}

TEST_F(ResolveTest, ABanThatIsThereAlreadyIsLeftAlone) {
    const auto id = report(kBob, "post/100");
    ban(kRoot, 7, R"({"reason":"for ever"})");
    const Answer resolved =
        resolve(kMod, id, R"({"action":"ban","until":")" + rfc3339_in(std::chrono::seconds(5)) + "\"}");
    EXPECT_EQ(resolved.status, 200) << resolved.body;
    run_jobs(10);
    EXPECT_EQ(accounts_[7].status, "banned") << "a moderator does not shorten an administrator's ban";
}

TEST_F(ResolveTest, ModeratorsDoNotBanTheirLike) {
    for (const std::int64_t staff : {std::int64_t{21}, std::int64_t{30}}) {
        const auto id = report(kBob, "user/" + std::to_string(staff));
        EXPECT_EQ(resolve(kMod, id, R"({"action":"ban"})").status, 403);
        EXPECT_EQ(look(id).at("state"), "open");
    }
    EXPECT_EQ(resolve(kRoot, report(kCid, "user/21"), R"({"action":"ban"})").status, 200);
    EXPECT_EQ(accounts_[21].status, "banned");
}

TEST_F(ResolveTest, NobodyJudgesHimself) {
    const auto id = report(kBob, "user/20");
    for (const char* action : {"dismiss", "ban"}) {
        EXPECT_EQ(resolve(kMod, id, R"({"action":")" + std::string(action) + "\"}").status, 403);
    }
    EXPECT_EQ(resolve(kMia, id).status, 200);
}

TEST_F(ResolveTest, RefusesWhatMakesNoSense) {
    const auto user = report(kBob, "user/7"), post = report(kBob, "post/100");
    const auto pointers = [this](std::int64_t id, const char* body) {
        return resolve(kMod, id, body).error_pointers();
    };
    using Pointers = std::vector<std::string>;
    EXPECT_EQ(pointers(user, R"({"action":"remove"})"), Pointers{"/action"});
    EXPECT_EQ(pointers(post, R"({"action":"forgive"})"), Pointers{"/action"});
    EXPECT_EQ(pointers(post, "{}"), Pointers{"/action"});
    EXPECT_EQ(pointers(post, R"({"action":"dismiss","until":"2099-01-01T00:00:00Z"})"), Pointers{"/until"});
    EXPECT_EQ(pointers(post, R"({"action":"ban","until":"2001-01-01T00:00:00Z"})"), Pointers{"/until"});
    EXPECT_EQ(resolve(kMod, 1).status, 404);
    EXPECT_EQ(resolve(kBob, post).status, 403);
    EXPECT_EQ(resolve(kNobody, post).status, 401);
    EXPECT_TRUE(audit().empty());
}

TEST_F(ResolveTest, TheSameDecisionAgainChangesNothing) {
    const auto id = report(kBob, "post/100");
    const Answer first = resolve(kMod, id, R"({"action":"remove"})");
    const Answer again = resolve(kMod, id, R"({"action":"remove"})");
    EXPECT_EQ(again.status, 200);
    EXPECT_EQ(again.json(), first.json());
    EXPECT_EQ(resolve(kMod, id, R"({"action":"dismiss"})").status, 409);
    EXPECT_EQ(resolve(kMia, id, R"({"action":"remove"})").status, 409);
    EXPECT_EQ(changes_.size(), 1U);
    EXPECT_EQ(audit().size(), 2U);
}

TEST_F(ResolveTest, OfSeveralModeratorsAtOnceOneWins) {
    for (int round = 0; round < 5; ++round) {
        const std::int64_t post = 500 + round;
        posts_[post] = {7, "x", 0};
        const std::int64_t ids[] = {report(kBob, "post/" + std::to_string(post)),
                                    report(kCid, "post/" + std::to_string(post))};
        std::vector<int> statuses(6);
        in_parallel(6, [&](int i) {
            const Person moderator{100 + i, "m", {"moderator"}};
            const char* body = i % 2 == 0 ? R"({"action":"dismiss"})" : R"({"action":"remove"})";
            statuses[static_cast<std::size_t>(i)] = resolve(moderator, ids[i % 2], body).status;
        });
        EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 200), 1);
        EXPECT_EQ(std::count(statuses.begin(), statuses.end(), 409), 5);
        EXPECT_EQ(look(ids[0]).at("resolved_by"), look(ids[1]).at("resolved_by"));
        EXPECT_EQ(look(ids[0]).at("action") == "remove", !posts_.contains(post));
        EXPECT_EQ(audit("?action=report.resolve&limit=100").size(), static_cast<std::size_t>(round + 1));
    }
}

TEST_F(ResolveTest, ARefusedBanOpensTheReportsAgain) {
    const auto id = report(kBob, "user/9");
    before_change_ = [this] { accounts_[9].status = "deleted"; };
    EXPECT_EQ(resolve(kMod, id, R"({"action":"ban"})").status, 409);
    const auto seen = look(id);
    EXPECT_EQ(seen.at("state"), "open");
    EXPECT_TRUE(seen.at("action").is_null());
    EXPECT_TRUE(seen.at("resolved_by").is_null());
    EXPECT_TRUE(events("report.resolved").empty());
    EXPECT_EQ(resolve(kMia, id).status, 200);
}

TEST_F(ResolveTest, WhatIsReportedWhileItIsRemovedIsResolvedAsWell) {
    const auto first = report(kBob, "post/100");
    post_service_ = Peer::broken;
    EXPECT_EQ(resolve(kMod, first, R"({"action":"remove"})").status, 202);
    post_service_ = Peer::up;
    const auto second = report(kCid, "post/100");
    EXPECT_EQ(look(second).at("state"), "open");
    run_jobs(20);
    EXPECT_EQ(look(second).at("state"), "resolved");
    EXPECT_EQ(look(second).at("action"), "remove");
    EXPECT_EQ(events("report.resolved").size(), 2U);
}

}  // namespace
