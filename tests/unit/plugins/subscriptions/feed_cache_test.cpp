// The cache of one process, while another process writes to the same database.
#include "plugins/subscriptions/feed_cache.hpp"

#include <gtest/gtest.h>

#include <gatehouse/storage/database.hpp>

#include "migrations.hpp"
#include "plugins/subscriptions/feed_repository.hpp"
#include "plugins/subscriptions/follow_repository.hpp"
#include "tests/unit/plugins/subscriptions/subscriptions_fixture.hpp"

namespace {

using subscriptions::FeedCache;

// The fixture's service is the other process: it made the tables.
class FeedCacheTest : public SubscriptionsFixture {
protected:
    FeedCacheTest() : shared_({.url = database_.url(), .service = "test"}, subscriptions::migrations()) {}

    FeedCache::Head head(std::int64_t reader) {
        return shared_.read([&](gatehouse::Transaction& tx) { return cache_.head(tx, reader, now_); });
    }
    gatehouse::Database shared_;
    FeedCache cache_{3};
    gatehouse::Instant now_{};
};

TEST_F(FeedCacheTest, SeesWhatAnotherProcessHasWritten) {
    shared_.open();
    follow(kAnn, 8);
    const auto a = post(8);
    EXPECT_EQ(head(7).posts, Ids{a});
    const auto b = post(8);
    post(9);
    EXPECT_EQ(head(7).posts, (Ids{b, a}));
    follow(kAnn, 9);
    EXPECT_EQ(head(7).posts.size(), 3U);
}

TEST_F(FeedCacheTest, AddsAnArrivalWithALowerNumberThatCameLate) {
    shared_.open();
    follow(kAnn, 8);
    const auto a = post(8);
    EXPECT_EQ(head(7).posts, Ids{a});
    const auto b = post(8);
    shared_.write(
        [](gatehouse::Transaction& tx) { tx.execute("update feed_posts set seq = -5 where post_id > 1000000"); });
    EXPECT_EQ(head(7).posts, (Ids{b, a}));
}

TEST_F(FeedCacheTest, KeepsNoMoreReadersThanItMay) {
    shared_.open();
    for (std::int64_t reader = 1; reader <= 10; ++reader) EXPECT_TRUE(head(reader).posts.empty());
    EXPECT_EQ(cache_.size(), 3U);
}

TEST_F(FeedCacheTest, KnowsWhetherThereIsMore) {
    shared_.open();
    follow(kAnn, 8);
    for (int i = 0; i < FeedCache::kKept - 1; ++i) post(8);
    EXPECT_TRUE(head(7).is_all);
    post(8);
    post(8);
    const auto full = head(7);
    EXPECT_FALSE(full.is_all);
    EXPECT_EQ(full.posts.size(), static_cast<std::size_t>(FeedCache::kKept));
    EXPECT_EQ(full.posts.front(), next_post_ - 1);
}

}  // namespace
