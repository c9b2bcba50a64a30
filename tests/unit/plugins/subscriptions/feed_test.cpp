#include "tests/unit/plugins/subscriptions/subscriptions_fixture.hpp"

namespace {

class FeedTest : public SubscriptionsFixture {
protected:
    FeedTest() {
        follow(kAnn, 8);
        follow(kAnn, 9);
    }
};

TEST_F(FeedTest, HoldsThePostsOfThoseWhomOneFollowsNewestFirst) {
    const auto a = post(8), b = post(9, "followers");
    post(10);
    post(7);
    const auto c = post(8);
    for (const int limit : {1, 2, 3, 20}) EXPECT_EQ(feed(kAnn, limit), (Ids{c, b, a})) << limit;
    EXPECT_TRUE(feed(kBob).empty());
}

TEST_F(FeedTest, NeverHoldsPrivatePosts) {
    post(8, "private");
    const auto id = post(8);
    EXPECT_EQ(feed(kAnn), Ids{id});
    tell("post.updated", id, 8, "private");
    hidden_.insert(id);
    EXPECT_TRUE(feed(kAnn).empty());
    hidden_.clear();
    tell("post.updated", id, 8, "public");
    EXPECT_EQ(feed(kAnn), Ids{id});
}

TEST_F(FeedTest, TakesAnUnknownVisibilityForPrivate) {
    post(8, "friends");
    EXPECT_TRUE(feed(kAnn).empty());
}

TEST_F(FeedTest, ShowsAPostAtOnceAlsoWhenItWasReadBefore) {
    Ids expected;
    for (int i = 0; i < 30; ++i) {
        expected.insert(expected.begin(), post(i % 2 == 0 ? 8 : 9));
        EXPECT_EQ(feed(kAnn, 50), expected);
    }
}

TEST_F(FeedTest, FollowsTheFollowingsAtOnce) {
    const auto a = post(8), b = post(9), c = post(10);
    EXPECT_EQ(feed(kAnn), (Ids{b, a}));
    unfollow(kAnn, 9);
    EXPECT_EQ(feed(kAnn), Ids{a});
    follow(kAnn, 10);
    EXPECT_EQ(feed(kAnn), (Ids{c, a}));
}

TEST_F(FeedTest, AsksPostsOnBehalfOfTheReaderAndFillsPagesUp) {
    Ids made;
    for (int i = 0; i < 12; ++i) made.insert(made.begin(), post(8));
    for (int i = 0; i < 5; ++i) hidden_.insert(made[static_cast<std::size_t>(i)]);
    const auto page = send(kAnn, "GET", "/api/newsfeed?limit=4").json();
    ASSERT_EQ(page.at("items").as_array().size(), 4U);
    EXPECT_EQ(page.at("items").at(0).at("id"), made[5]);
    EXPECT_EQ(page.at("items").at(0).at("text"), "t");
    for (const PeerRequest& call : post_calls_) EXPECT_EQ(call.user_id, kAnn.id);
    EXPECT_EQ(feed(kAnn, 4), Ids(made.begin() + 5, made.end()));
}

TEST_F(FeedTest, ForgetsDeletedPosts) {
    const auto a = post(8), b = post(8);
    EXPECT_EQ(feed(kAnn), (Ids{b, a}));
    hidden_.insert(b);
    EXPECT_EQ(host_.deliver("post.deleted", R"({"id":)" + std::to_string(b) + R"(,"author_id":8})",
                            {.source = "posts", .subject = "post/" + std::to_string(b)}),
              GH_OK);
    EXPECT_EQ(feed(kAnn), Ids{a});
}

TEST_F(FeedTest, PagesAreCompleteAndStableWhileOthersWrite) {
    Ids made;
    for (int i = 0; i < 25; ++i) made.insert(made.begin(), post(i % 3 == 0 ? 9 : 8));
    EXPECT_EQ(all_ids(kAnn, "/api/newsfeed?limit=4", "id", [&] { post(8); }), made);
}

TEST_F(FeedTest, GoesOnBeyondWhatIsKeptInMemory) {
    Ids made;
    for (int i = 0; i < 230; ++i) made.insert(made.begin(), post(i % 2 == 0 ? 8 : 9));
    EXPECT_EQ(feed(kAnn, 60), made);
    EXPECT_EQ(feed(kAnn, 60), made);
}

TEST_F(FeedTest, IsItsReadersOwn) {
    const auto id = post(8);
    EXPECT_EQ(all_ids(kAnn, "/api/newsfeed/7?limit=5", "id"), Ids{id});
    EXPECT_EQ(send(kBob, "GET", "/api/newsfeed/7").status, 403);
    EXPECT_EQ(send(kNobody, "GET", "/api/newsfeed").status, 401);
    EXPECT_EQ(send(kNobody, "GET", "/api/newsfeed/7").status, 401);
    post(8);
    const std::string cursor(send(kAnn, "GET", "/api/newsfeed?limit=1").json().at("next_cursor").as_string());
    EXPECT_EQ(send(kBob, "GET", "/api/newsfeed?limit=1&cursor=" + cursor).status, 422);
}

TEST_F(FeedTest, AnswersThatItIsUnavailableWithoutPosts) {
    post(8);
    host_.on_call("posts", [](const PeerRequest&) { return Answer{.status = 503, .headers = {}, .body = ""}; });
    EXPECT_EQ(send(kAnn, "GET", "/api/newsfeed").status, 503);
    EXPECT_EQ(send(kBob, "GET", "/api/newsfeed").status, 200);  // nothing to ask for
}

TEST_F(FeedTest, TakesEventsTwiceAndInOddOrder) {
    tell("post.updated", 5, 8, "public");
    tell("post.created", 5, 8, "public");
    EXPECT_EQ(host_.deliver("post.deleted", R"({"id":6,"author_id":8})", {.source = "posts", .subject = "post/6"}),
              GH_OK);
    EXPECT_EQ(feed(kAnn), Ids{5});
}

}  // namespace
