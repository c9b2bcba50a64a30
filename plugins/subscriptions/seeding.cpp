#include "plugins/subscriptions/seeding.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "plugins/subscriptions/follow.hpp"
#include "sdk/seed/rows.hpp"

namespace subscriptions::seeding {

namespace {

using gatehouse::Database;
using gatehouse::Transaction;
using gatehouse::seed::Part;
using gatehouse::seed::Range;
using gatehouse::seed::Reach;
using gatehouse::seed::Rows;
using gatehouse::seed::World;

struct Followings {
    std::vector<Follow> follows;
    std::vector<std::pair<std::int64_t, std::int64_t>> versions;  // how often a reader began to follow somebody
};

// Sorted by whom they follow: the index by that is then swept once per batch, while what is by follower is small.
Followings followings_of(const World& world, const Range& range) {
    Followings all;
    for (std::int64_t number = range.first; number < range.last; ++number) {
        const std::int64_t reader = world.people.id(number);
        const auto followed = world.people.followed_by(number);
        if (!followed.empty()) all.versions.emplace_back(reader, std::ssize(followed));
        for (const auto& one : followed) {
            all.follows.push_back({one.id, reader, world.people.id(one.user), gatehouse::from_unix_ms(one.created_at)});
        }
    }
    std::ranges::sort(all.follows, {}, [](const Follow& follow) { return std::pair(follow.user_id, follow.id); });
    return all;
}

void seed_follows(Database& database, const World& world, const Range& range) {
    const Followings all = followings_of(world, range);
    if (all.follows.empty()) return;
    database.write([&](Transaction& tx) {
        if (gatehouse::seed::finds(tx, "select 1 from readers where user_id = $1", all.versions.front().first)) return;
        Rows follows(tx, "follows (follower_id, user_id, id, created_at)", 4);
        for (const Follow& follow : all.follows) {
            follows.add(follow.follower_id, follow.user_id, follow.id, gatehouse::to_unix_ms(follow.created_at));
        }
        follows.flush();
        Rows versions(tx, "readers (user_id, version)", 2);
        for (const auto& [reader, version] : all.versions) versions.add(reader, version);
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
