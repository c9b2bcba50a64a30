// A pull of the feed gives what one would find by looking at every post, for readers of all kinds.
#include "plugins/subscriptions/feed_pull.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <set>

#include <gatehouse/storage/database.hpp>

#include "migrations.hpp"
#include "plugins/subscriptions/feed_repository.hpp"
#include "plugins/subscriptions/follow_repository.hpp"
#include "tests/unit/plugins/support/test_database.hpp"

namespace {

using Ids = std::vector<std::int64_t>;
using gatehouse::Transaction;

constexpr std::int64_t kNewest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kMinute = std::int64_t{60'000} << 22U;

struct Written {
    std::int64_t id = 0, author = 0;
};

class FeedPullTest : public ::testing::Test {
protected:
    FeedPullTest() { database_.open(); }
    ~FeedPullTest() override { database_.close(); }

    // Author a writes about a quarter as often as author a / 2 does; between two posts are minutes, at times months.
    void write(int count) {
        std::int64_t id = 10'000'000 * kMinute;
        database_.write([&](Transaction& tx) {
            for (int i = 0; i < count; ++i) {
                id += 1 + static_cast<std::int64_t>(random_() % (3 * kMinute)) + (i % 997 == 5 ? 100'000 * kMinute : 0);
                const auto author =
                    static_cast<std::int64_t>(300.0 * std::pow(std::generate_canonical<double, 53>(random_), 3));
                subscriptions::feed::put(tx, id, author + 1, "public");
                posts_.push_back({id, author + 1});
            }
        });
    }
    std::set<std::int64_t> follow(std::int64_t reader, const std::set<std::int64_t>& authors) {
        database_.write([&](Transaction& tx) {
            for (const std::int64_t author : authors) {
                static_cast<void>(subscriptions::repository::insert(
                    tx, {reader * 1'000 + author, reader, author, gatehouse::Time{}}));
            }
        });
        return authors;
    }
    Ids pull(std::int64_t reader, std::int64_t before, int limit) {
        return database_.read([&](Transaction& tx) { return subscriptions::feed::pull(tx, reader, before, limit); });
    }
    Ids looked_up(const std::set<std::int64_t>& authors, std::int64_t before, std::size_t limit) const {
        Ids found;
        for (auto post = posts_.rbegin(); post != posts_.rend() && found.size() < limit; ++post) {
            if (post->id < before && authors.contains(post->author)) found.push_back(post->id);
        }
        return found;
    }

    TestDatabase place_;
    gatehouse::Database database_{{.url = place_.url(), .service = "test"}, subscriptions::migrations()};
    std::mt19937_64 random_{5};
    std::vector<Written> posts_;
};

TEST_F(FeedPullTest, FindsTheNewestOfThoseWhoAreFollowedWhoeverTheyAre) {
    write(6'000);
    std::set<std::int64_t> everybody, quiet, some;
    for (std::int64_t author = 1; author <= 300; ++author) everybody.insert(author);
    for (std::int64_t author = 200; author <= 300; ++author) quiet.insert(author);
    for (std::int64_t author = 3; author <= 300; author += 9) some.insert(author);
    const std::vector<std::set<std::int64_t>> kinds = {{}, {1}, {300}, {290, 4}, {999}, some, quiet, everybody};
    for (std::size_t reader = 0; reader < kinds.size(); ++reader) {
        const auto authors = follow(10'000 + static_cast<std::int64_t>(reader), kinds[reader]);
        for (const std::int64_t before :
             {kNewest, posts_[5'500].id, posts_[3'000].id + 1, posts_[200].id, posts_[0].id, std::int64_t{1}}) {
            for (const int limit : {1, 21, 200, 5'000}) {
                EXPECT_EQ(pull(10'000 + static_cast<std::int64_t>(reader), before, limit),
                          looked_up(authors, before, static_cast<std::size_t>(limit)))
                    << "reader " << reader << ", before " << before << ", limit " << limit;
            }
        }
    }
}

TEST_F(FeedPullTest, IsEmptyWhereNothingWasWritten) {
    follow(1, {2, 3});
    EXPECT_TRUE(pull(1, kNewest, 200).empty());
    EXPECT_TRUE(pull(77, kNewest, 200).empty());
}

}  // namespace
