#include <gatehouse/storage/database.hpp>

#include "migrations.hpp"
#include "plugins/subscriptions/feed_repository.hpp"
#include "tests/unit/plugins/subscriptions/subscriptions_fixture.hpp"

namespace {

class LiveTest : public SubscriptionsFixture {
protected:
    LiveTest() { follow(kAnn, 8); }
    gatehouse::testing::PendingAnswer listen(const Person& who, const std::string& last_seen = {}) {
        auto request = host_.request("GET", "/api/newsfeed/live");
        request.as_user(who.id, who.name, {"user"});
        if (!last_seen.empty()) request.header("last-event-id", last_seen);
        auto pending = request.begin();
        wait();
        return pending;
    }
    void wait() { host_.advance(std::chrono::milliseconds(1'100)); }
    static std::size_t told(const gatehouse::testing::PendingAnswer& stream, std::int64_t id) {
        const std::string body = stream.so_far().body, needle = R"({"id":)" + std::to_string(id) + ",";
        std::size_t count = 0;
        for (std::size_t at = 0; (at = body.find(needle, at)) != std::string::npos; ++at) ++count;
        return count;
    }
};

TEST_F(LiveTest, TellsOfNewPostsOnceAndOnlyOfThoseWhomOneFollows) {
    const auto before = post(8);
    auto stream = listen(kAnn);
    const auto a = post(8), b = post(9), c = post(8, "private");
    wait();
    const auto d = post(8, "followers");
    wait();
    wait();
    EXPECT_EQ(stream.so_far().status, 200);
    EXPECT_EQ(stream.so_far().header("content-type"), "text/event-stream");
    EXPECT_EQ(told(stream, a), 1U);
    EXPECT_EQ(told(stream, d), 1U);
    for (const auto id : {before, b, c}) EXPECT_EQ(told(stream, id), 0U);
    stream.cancel();
}

TEST_F(LiveTest, LeavesOutWhatPostsDoesNotShow) {
    auto stream = listen(kAnn);
    hidden_.insert(next_post_);
    const auto id = post(8);
    wait();
    EXPECT_EQ(told(stream, id), 0U);
    stream.cancel();
}

TEST_F(LiveTest, TellsLaterWhatItCouldNotShow) {
    auto stream = listen(kAnn);
    const auto id = post(8);
    host_.on_call("posts", [](const PeerRequest&) { return Answer{.status = 503, .headers = {}, .body = ""}; });
    wait();
    EXPECT_EQ(told(stream, id), 0U);
    host_.on_call("posts", [id](const PeerRequest&) {
        return Answer{
            .status = 200, .headers = {}, .body = R"({"items":[{"id":)" + std::to_string(id) + ",\"text\":1}]}"};
    });
    wait();
    EXPECT_EQ(told(stream, id), 1U);
    stream.cancel();
}

// A transaction that began first and commits last: its arrival is below one that has been told.
TEST_F(LiveTest, TellsOfAnArrivalThatIsSeenLateWithoutWaitingForTheNext) {
    const auto before = post(8);
    auto stream = listen(kAnn);
    gatehouse::Database database({.url = database_.url(), .service = "subscriptions"}, subscriptions::migrations());
    database.open();
    const auto put = [&](std::int64_t above, std::int64_t id) {
        database.write([&](gatehouse::Transaction& tx) {
            const auto seq = subscriptions::feed::last_arrival(tx) + above;
            tx.execute("insert into feed_posts (seq, post_id, author_id, visibility) values ($1, $2, 8, 'public')", seq,
                       id);
        });
    };
    put(3, 2'000'001);
    wait();
    EXPECT_EQ(told(stream, 2'000'001), 1U);
    put(-1, 2'000'000);
    wait();
    EXPECT_EQ(told(stream, 2'000'000), 1U);
    for (int i = 0; i < 15; ++i) wait();
    EXPECT_EQ(told(stream, 2'000'000), 1U);
    EXPECT_EQ(told(stream, 2'000'001), 1U);
    EXPECT_EQ(told(stream, before), 0U);
    stream.cancel();
    database.close();
}

TEST_F(LiveTest, GoesOnWhereAClientHasLeft) {
    auto first = listen(kAnn);
    const auto a = post(8);
    wait();
    const std::string body = first.so_far().body;
    const auto at = body.find("id: ");
    ASSERT_NE(at, std::string::npos) << body;
    const std::string seen = body.substr(at + 4, body.find('\n', at) - at - 4);
    first.cancel();
    const auto b = post(8);
    auto second = listen(kAnn, seen);
    wait();
    EXPECT_EQ(told(second, a), 0U);
    EXPECT_EQ(told(second, b), 1U);
    second.cancel();
}

TEST_F(LiveTest, TakesANonsensicalLastEventIdForNone) {
    const auto id = post(8);
    for (const char* seen : {"x", "-5", "99999999999999999999", "0"}) {
        auto stream = listen(kAnn, seen);
        EXPECT_EQ(told(stream, id), 0U) << seen;
        stream.cancel();
    }
}

TEST_F(LiveTest, DoesNotBelieveALastEventIdThatIsYetToCome) {
    post(8);
    for (const char* seen : {"1000", "9223372036854775807"}) {
        auto stream = listen(kAnn, seen);
        const auto id = post(8);
        wait();
        EXPECT_EQ(told(stream, id), 1U) << seen;
        stream.cancel();
    }
}

TEST_F(LiveTest, EndsSoonWhenTheServiceLeaves) {
    auto stream = listen(kAnn);
    host_.drain();
    wait();
    EXPECT_TRUE(stream.is_ended());
}

TEST_F(LiveTest, NeedsAUser) { EXPECT_EQ(send(kNobody, "GET", "/api/newsfeed/live").status, 401); }

}  // namespace
