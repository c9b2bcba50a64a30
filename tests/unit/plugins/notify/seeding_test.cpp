// Made-up people find what they would have been told, it is kept as long as other people's, and nobody is mailed.
#include "sdk/seed/habits.hpp"
#include "tests/unit/plugins/notify/notify_fixture.hpp"

namespace {

using namespace gatehouse::seed;

class NotifySeedingTest : public NotifyFixture {
protected:
    static constexpr Plan kPlan{400, 600, 7};

    static std::string plan(const std::string& more = {}) {
        return R"({"users":400,"posts":600,"seed":7)" + more + "}";
    }
    void write(const std::string& part, std::int64_t count) {
        for (std::int64_t first = 0; first < count; first += 150) {
            const auto answer = host_.admin(
                "seed.write", plan(R"(,"part":")" + part + R"(","count":150,"first":)" + std::to_string(first)));
            EXPECT_EQ(answer.status, GH_OK) << answer.json;
        }
    }
    void write_all() {
        write("accounts", kPlan.users);
        write("notifications", kPlan.users);
        write("public posts", kPlan.posts);
        write("statistics", 1);
    }
    std::int64_t notifications_of(std::int64_t number) {
        return std::ssize(get("/api/notifications?limit=100", people_.id(number)).at("items").as_array());
    }
    // Of all people, as far as one page shows them.
    std::int64_t notifications() {
        std::int64_t sum = 0;
        for (std::int64_t i = 0; i < kPlan.users; ++i) sum += notifications_of(i);
        return sum;
    }

    const People people_{kPlan};
    const std::int64_t famous_ = people_.of_rank(0);
};

TEST_F(NotifySeedingTest, PeopleFindTheirFollowersOfTheLastHalfYear) {
    write_all();
    std::vector<std::int64_t> expected;
    for (std::int64_t i = 0; i < kPlan.users; ++i) {
        for (const Following& one : people_.followed_by(i)) {
            if (one.user == famous_ && one.created_at >= kNewsBegin) expected.push_back(one.id);
        }
    }
    ASSERT_TRUE(habits_of(people_, famous_).wants_follower_news) << "choose another seed";
    const auto page = get("/api/notifications?limit=100", people_.id(famous_));
    const auto& items = page.at("items").as_array();
    ASSERT_EQ(items.size(), std::min<std::size_t>(expected.size(), 100));
    EXPECT_GT(items.size(), 10U);
    std::int64_t unread = 0;
    for (const auto& item : items) {
        EXPECT_EQ(item.at("kind"), "new_follower");
        const std::string follower(item.at("data").at("follower").as_string());
        EXPECT_NE(item.at("text").as_string().find(follower), std::string::npos);
        unread += item.at("read").as_bool() ? 0 : 1;
    }
    EXPECT_EQ(page.at("unread").as_int64(), unread);
}

TEST_F(NotifySeedingTest, SomeAreReadSomeAreNotAndMutedOnesAreNotThere) {
    write_all();
    int read = 0, unread = 0, muted = 0;
    for (std::int64_t i = 0; i < kPlan.users; ++i) {
        const Habits habits = habits_of(people_, i);
        const auto settings = get("/api/notifications/settings", people_.id(i));
        EXPECT_EQ(settings.at("mail").at("new_follower"), habits.wants_follower_mails);
        EXPECT_EQ(settings.at("in_app").at("new_follower"), habits.wants_follower_news);
        const bool speaks_russian = people_.language(i) == gatehouse::seed::Language::russian;
        EXPECT_EQ(settings.at("language").is_string() && settings.at("language").as_string() == "ru", speaks_russian);
        const auto page = get("/api/notifications?limit=100", people_.id(i));
        for (const auto& item : page.at("items").as_array()) ++(item.at("read").as_bool() ? read : unread);
        if (habits.wants_follower_news) continue;
        ++muted;
        EXPECT_TRUE(page.at("items").as_array().empty());
    }
    EXPECT_GT(read, 100);
    EXPECT_GT(unread, 100);
    EXPECT_GT(muted, 5);
}

TEST_F(NotifySeedingTest, AreKeptForHalfAYearFromWhenTheyWereWritten) {
    write_all();
    const std::int64_t all = notifications();
    ASSERT_GT(all, 200);
    EXPECT_EQ(follow(), GH_OK);
    host_.advance(std::chrono::hours(2));
    EXPECT_EQ(notifications(), all) << "the job that forgets has run";
    host_.set_wall_time(host_.wall_time() + std::chrono::hours(179 * 24));
    host_.advance(std::chrono::hours(1));
    EXPECT_EQ(notifications(), all);
    EXPECT_EQ(get("/api/notifications").at("items").as_array().size(), 1U);
    host_.set_wall_time(host_.wall_time() + std::chrono::hours(24));
    host_.advance(std::chrono::hours(1));
    EXPECT_EQ(notifications(), 0);
    EXPECT_TRUE(get("/api/notifications").at("items").as_array().empty());
}

TEST_F(NotifySeedingTest, NobodyIsMailedAndNothingIsWrittenTwice) {
    write_all();
    const std::int64_t all = notifications();
    write_all();
    EXPECT_EQ(notifications(), all);
    host_.advance(std::chrono::seconds(5));
    EXPECT_TRUE(mails().empty());
    for (const char* state : {"queued", "sent", "dead", "expired"}) {
        const auto listed = host_.admin("mails.list", R"({"state":")" + std::string(state) + "\"}");
        EXPECT_EQ(boost::json::parse(listed.json).at("count"), 0) << state;
    }
    EXPECT_TRUE(host_.published().empty());
}

TEST_F(NotifySeedingTest, WhatHappensLaterIsToldAsTheyHaveChosen) {
    write_all();
    std::int64_t told = -1, mailed = 0;
    for (std::int64_t i = 0; i < 60; ++i) {
        const Habits habits = habits_of(people_, i);
        const std::string id = std::to_string(people_.id(i));
        EXPECT_EQ(
            host_.deliver("subscription.created", R"({"follower_id":8,"follower_name":"bob","user_id":)" + id + "}"),
            GH_OK);
        mailed += habits.wants_follower_mails ? 1 : 0;
        if (habits.wants_follower_news && habits.language == gatehouse::seed::Language::russian) told = i;
    }
    ASSERT_GE(told, 0);
    const auto newest = get("/api/notifications?limit=1", people_.id(told)).at("items").at(0);
    EXPECT_EQ(newest.at("text"), "На вас подписался пользователь bob.");
    send_mails();
    EXPECT_EQ(std::ssize(mails()), mailed);
    EXPECT_LT(mailed, 60);
}

TEST_F(NotifySeedingTest, ADatabaseInUseIsRefusedUnlessOneSaysAppend) {
    EXPECT_EQ(host_.admin("seed.plan", plan()).status, GH_OK);
    EXPECT_EQ(register_ann(), GH_OK);
    EXPECT_NE(host_.admin("seed.plan", plan()).status, GH_OK);
    const auto answer = host_.admin("seed.plan", plan(R"(,"append":true)"));
    EXPECT_EQ(answer.status, GH_OK);
    EXPECT_EQ(boost::json::parse(answer.json).at("parts").as_array().size(), 4U);
}

}  // namespace
