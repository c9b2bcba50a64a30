// What one person can make this service send to another, and what must get through all the same.
#include <gatehouse/storage/database.hpp>

#include "migrations.hpp"
#include "plugins/notify/mail_repository.hpp"
#include "tests/unit/plugins/notify/notify_fixture.hpp"

namespace {

using namespace std::chrono_literals;

class FloodTest : public NotifyFixture {
protected:
    FloodTest() : NotifyFixture(R"(,"follower_mails_per_hour":3)") {
        EXPECT_EQ(register_ann(), GH_OK);
        EXPECT_EQ(confirm_ann(), GH_OK);
    }
    std::size_t notifications() { return get("/api/notifications?limit=100").at("items").as_array().size(); }
    void pass(std::chrono::hours time) { host_.set_wall_time(host_.wall_time() + time); }
};

TEST_F(FloodTest, WhoFollowsAndStopsAndFollowsAgainIsNewsOnce) {
    for (int i = 0; i < 50; ++i) EXPECT_EQ(follow_as(8), GH_OK);
    send_mails();
    EXPECT_EQ(mails().size(), 1U);
    EXPECT_EQ(notifications(), 1U);
    EXPECT_EQ(follow_as(9), GH_OK);
    send_mails();
    EXPECT_EQ(mails().size(), 2U) << "somebody else";
    EXPECT_EQ(notifications(), 2U);
}

TEST_F(FloodTest, AnotherProcessKnowsWhatThisOneHasTold) {
    EXPECT_EQ(follow_as(8), GH_OK);
    gatehouse::testing::TestHost other(gh_plugin_entry_v1(), config());
    other.set_wall_time(host_.wall_time());
    EXPECT_EQ(other.deliver("subscription.created", R"({"follower_id":8,"follower_name":"bob","user_id":7})",
                            {.source = "subscriptions", .subject = "subscription/8/7", .id = {}}),
              GH_OK);
    EXPECT_EQ(notifications(), 1U);
}

TEST_F(FloodTest, AFollowerIsNewsAgainAfterAMonth) {
    EXPECT_EQ(follow_as(8), GH_OK);
    pass(29 * 24h);
    host_.advance(2h);  // and what is over was purged
    EXPECT_EQ(follow_as(8), GH_OK);
    EXPECT_EQ(notifications(), 1U);
    pass(48h);
    host_.advance(2h);
    EXPECT_EQ(follow_as(8), GH_OK);
    EXPECT_EQ(notifications(), 2U);
}

TEST_F(FloodTest, ManyFollowersAreMailedUpToABoundAnHourAndAllFoundInTheApplication) {
    for (int i = 0; i < 20; ++i) EXPECT_EQ(follow(), GH_OK);
    send_mails();
    EXPECT_EQ(mails().size(), 3U);
    EXPECT_EQ(notifications(), 20U);
    pass(1h);
    for (int i = 0; i < 20; ++i) EXPECT_EQ(follow(), GH_OK);
    send_mails();
    EXPECT_EQ(mails().size(), 6U);
    EXPECT_EQ(notifications(), 40U);
}

TEST_F(FloodTest, CodesGoBeforeEverythingElseThatWaits) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(follow(), GH_OK);
    pass(1h);
    EXPECT_EQ(tell("user.password_changed", R"({"id":7})"), GH_OK);
    pass(1h);
    EXPECT_EQ(ask_for_reset("e1", "ghp_secret"), GH_OK);
    gatehouse::Database queue({.url = database_.url(), .service = "flood-test"}, notify::migrations());
    queue.open();
    const auto now = host_.wall_time();
    std::vector<std::string> kinds;
    const auto claim = [&](gatehouse::Transaction& tx) { return notify::mails::claim(tx, now, now + 1min); };
    while (const auto mail = queue.write(claim)) kinds.emplace_back(name_of(mail->kind));
    EXPECT_EQ(kinds, (std::vector<std::string>{"reset_password", "password_changed", "new_follower", "new_follower",
                                               "new_follower"}));
}

TEST_F(FloodTest, WhoIsGoneWasNeverToldOfAnybody) {
    EXPECT_EQ(follow_as(8), GH_OK);
    EXPECT_EQ(tell("user.deleted", R"({"id":8})"), GH_OK);
    EXPECT_EQ(follow_as(8), GH_OK);
    EXPECT_EQ(notifications(), 2U) << "as if it were the first time";
}

}  // namespace
