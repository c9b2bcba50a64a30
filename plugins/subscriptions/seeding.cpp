#include "plugins/subscriptions/seeding.hpp"

#include <string>
#include <utility>

#include "sdk/seed/rows.hpp"

namespace subscriptions::seeding {

namespace {

using gatehouse::Database;
using gatehouse::Transaction;
using gatehouse::seed::Following;
using gatehouse::seed::Part;
using gatehouse::seed::Range;
using gatehouse::seed::Reach;
using gatehouse::seed::Rows;
using gatehouse::seed::World;

struct Reader {
    std::int64_t id = 0;
    std::vector<Following> followed;  // with ids in place of numbers
};

std::vector<Reader> readers_of(const World& world, const Range& range) {
    std::vector<Reader> readers;
    for (std::int64_t number = range.first; number < range.last; ++number) {
        Reader reader{world.people.id(number), world.people.followed_by(number)};
        if (reader.followed.empty()) continue;
        for (Following& one : reader.followed) one.user = world.people.id(one.user);
        readers.push_back(std::move(reader));
    }
    return readers;
}

// A reader's version counts how often they began to follow somebody.
void seed_follows(Database& database, const World& world, const Range& range) {
    const std::vector<Reader> readers = readers_of(world, range);
    if (readers.empty()) return;
    database.write([&](Transaction& tx) {
        if (gatehouse::seed::finds(tx, "select 1 from readers where user_id = $1", readers.front().id)) return;
        Rows follows(tx, "follows (follower_id, user_id, id, created_at)", 4);
        for (const Reader& reader : readers) {
            for (const Following& one : reader.followed) follows.add(reader.id, one.user, one.id, one.created_at);
        }
        follows.flush();
        Rows versions(tx, "readers (user_id, version)", 2);
        for (const Reader& reader : readers) versions.add(reader.id, std::ssize(reader.followed));
        versions.flush();
    });
}

struct FeedPost {
    std::int64_t id = 0, author_id = 0;
    std::string_view visibility;
};

// In the order of arrival.
void seed_feed(Database& database, const World& world, const Range& range) {
    std::vector<FeedPost> posts;
    for (std::int64_t number = range.first; number < range.last; ++number) {
        const auto head = world.posts.head(number);
        if (head.reach == Reach::author) continue;
        posts.push_back(
            {head.id, world.people.id(head.author), head.reach == Reach::everybody ? "public" : "followers"});
    }
    if (posts.empty()) return;
    database.write([&](Transaction& tx) {
        if (gatehouse::seed::finds(tx, "select 1 from feed_posts where post_id = $1", posts.front().id)) return;
        Rows rows(tx, "feed_posts (post_id, author_id, visibility)", 3);
        for (const FeedPost& post : posts) rows.add(post.id, post.author_id, post.visibility);
        rows.flush();
    });
}

}  // namespace

bool is_empty(Transaction& tx) {
    return tx.query("select 1 from follows limit 1").empty() && tx.query("select 1 from feed_posts limit 1").empty();
}

std::vector<Part> parts(Database& database) {
    const auto follows = [&database](const World& world, const Range& range, const std::string&) {
        seed_follows(database, world, range);
    };
    const auto feed = [&database](const World& world, const Range& range, const std::string&) {
        seed_feed(database, world, range);
    };
    // Large batches: each of them touches every page of the index by the person followed.
    return {{"follows", Part::Of::people, 8'000, follows},
            {"feed", Part::Of::posts, 10'000, feed},
            gatehouse::seed::statistics_of(database, {"follows", "readers", "feed_posts"})};
}

}  // namespace subscriptions::seeding
