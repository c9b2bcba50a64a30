#include <algorithm>
#include <atomic>

#include "tests/unit/plugins/admin/admin_fixture.hpp"

namespace {

class BansTest : public AdminFixture {
protected:
    std::string ban_until(std::chrono::milliseconds time) {
        return R"({"reason":"spam","until":")" + rfc3339_in(time) + "\"}";
    }
};
using namespace std::chrono_literals;

TEST_F(BansTest, TakeEffectBeforeTheAnswer) {
    const Answer banned = ban(kRoot, 7, R"({"reason":"spam, много","until":null})");
    ASSERT_EQ(banned.status, 200) << banned.body;
    EXPECT_EQ(accounts_[7].status, "banned");
    EXPECT_EQ(banned.json().at("status"), "banned");
    EXPECT_EQ(banned.json().at("ban").at("reason"), "spam, много");
    EXPECT_EQ(banned.json().at("ban").at("banned_by_name"), "root");
    EXPECT_TRUE(banned.json().at("ban").at("until").is_null());
    EXPECT_EQ(send(kRoot, "GET", "/api/admin/users/7").json(), banned.json());
    EXPECT_EQ(audit("?target=user/7"), std::vector<std::string>{"user.ban user/7"});
}

struct BadBan {
    const char* name;
    const char* body;
    const char* pointer;
};
class BadBanTest : public BansTest, public ::testing::WithParamInterface<BadBan> {};

TEST_P(BadBanTest, IsRefused) {
    std::string body = GetParam().body;
    if (const auto at = body.find("LONG"); at != std::string::npos) body.replace(at, 4, std::string(1'001, 'x'));
    if (const auto at = body.find("NOW"); at != std::string::npos) body.replace(at, 3, rfc3339_in(0ms));
    const Answer refused = ban(kRoot, 7, body);
    EXPECT_EQ(refused.status, 422) << refused.body;
    EXPECT_EQ(refused.error_pointers(), std::vector<std::string>{GetParam().pointer});
    EXPECT_TRUE(changes_.empty());
}

INSTANTIATE_TEST_SUITE_P(Table, BadBanTest,
                         ::testing::Values(BadBan{"NoReason", "{}", "/reason"},
                                           BadBan{"BlankReason", R"({"reason":" \n"})", "/reason"},
                                           BadBan{"LongReason", R"({"reason":"LONG"})", "/reason"},
                                           BadBan{"NoTime", R"({"reason":"x","until":"soon"})", "/until"},
                                           BadBan{"Past", R"({"reason":"x","until":"2001-01-01T00:00:00Z"})", "/until"},
                                           BadBan{"Now", R"({"reason":"x","until":"NOW"})", "/until"}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_F(BansTest, AreNotForOneselfOrNobody) {
    EXPECT_EQ(ban(kRoot, 30).status, 409);
    EXPECT_EQ(ban(kRoot, 999).status, 404);
    EXPECT_EQ(ban(kRoot, 31).status, 200) << "another administrator may be banned";
    EXPECT_EQ(ban(kRoot, 20).status, 200) << "and a moderator";
}

TEST_F(BansTest, AreLiftedAsOftenAsOneLikes) {
    ban(kRoot, 7);
    const Answer lifted = act(kBoss, 7, "/unban");
    ASSERT_EQ(lifted.status, 200) << lifted.body;
    EXPECT_EQ(lifted.json().at("status"), "active");
    EXPECT_TRUE(lifted.json().at("ban").is_null());
    EXPECT_EQ(accounts_[7].status, "active");
    EXPECT_EQ(act(kBoss, 7, "/unban").status, 200);
    EXPECT_EQ(audit(), (std::vector<std::string>{"user.unban user/7", "user.ban user/7"}));
}

TEST_F(BansTest, EndByThemselvesWhenTheirTimeIsOver) {
    ban(kRoot, 7, ban_until(10s));
    ban(kRoot, 8);
    run_jobs(8);
    EXPECT_EQ(accounts_[7].status, "banned");
    run_jobs(4);
    EXPECT_EQ(accounts_[7].status, "active");
    EXPECT_EQ(accounts_[8].status, "banned") << "for ever";
    const Answer log = send(kRoot, "GET", "/api/admin/audit?actor=0");
    ASSERT_EQ(log.json().at("items").as_array().size(), 1U);
    EXPECT_EQ(log.json().at("items").at(0).at("action"), "user.unban");
    EXPECT_EQ(log.json().at("items").at(0).at("actor_name"), "gatehouse");
}

TEST_F(BansTest, EndAfterARestartToo) {
    ban(kRoot, 7, ban_until(10s));
    gatehouse::testing::TestHost next(gh_plugin_entry_v1(), R"({"database":")" + database_.url() + R"("})");
    std::atomic<int> unbans{0};
    next.on_call("auth", [&](const PeerRequest& request) {
        unbans += request.body.find(R"("status":"active")") != std::string::npos;
        return Answer{.status = 200, .headers = {}, .body = "{}"};
    });
    next.set_wall_time(host_.wall_time() + 11s);
    for (int i = 0; i < 3; ++i) next.advance(1s);
    EXPECT_EQ(unbans, 1);
}

TEST_F(BansTest, CanBeRenewedBeforeTheyEnd) {
    ban(kRoot, 7, ban_until(5s));
    const Answer renewed = ban(kBoss, 7, R"({"reason":"worse"})");
    EXPECT_EQ(renewed.status, 200);
    EXPECT_EQ(renewed.json().at("ban").at("reason"), "worse");
    EXPECT_EQ(renewed.json().at("ban").at("banned_by"), 31);
    run_jobs(10);
    EXPECT_EQ(accounts_[7].status, "banned");
}

TEST_F(BansTest, ThatEndDoNotBringBackADeletedAccount) {
    ban(kRoot, 7, ban_until(5s));
    accounts_[7].status = "deleted";
    run_jobs(10);
    EXPECT_EQ(accounts_[7].status, "deleted");
    EXPECT_EQ(audit("?limit=1"), std::vector<std::string>{"user.unban_refused user/7"});
    const auto count = changes_.size();
    run_jobs(100);
    EXPECT_EQ(changes_.size(), count) << "it was asked once";
}

TEST_F(BansTest, OfAnAccountThatIsGoneAreForgotten) {
    ban(kRoot, 7, ban_until(5s));
    accounts_[7].status = "deleted";
    EXPECT_EQ(host_.deliver("user.deleted", R"({"id":7})", {.source = "auth", .subject = "user/7"}), GH_OK);
    const auto count = changes_.size();
    run_jobs(10);
    EXPECT_EQ(changes_.size(), count);
}

TEST_F(BansTest, AndOtherDecisionsAtOnceLeaveOneState) {
    std::vector<int> statuses(8);
    in_parallel(8, [&](int i) {
        statuses[static_cast<std::size_t>(i)] = (i % 2 == 0 ? ban(kRoot, 7) : act(kBoss, 7, "/unban")).status;
    });
    for (const int status : statuses) EXPECT_TRUE(status == 200 || status == 409) << status;
    const bool is_banned = accounts_[7].status == "banned";
    EXPECT_EQ(send(kRoot, "GET", "/api/admin/users/7").json().at("ban").is_object(), is_banned);
    EXPECT_EQ(ban(kRoot, 7).status, 200) << "nothing is left under way";
}

}  // namespace
