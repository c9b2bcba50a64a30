#include "plugins/posts/departures.hpp"

#include "plugins/posts/absent_repository.hpp"
#include "plugins/posts/comment_removal.hpp"
#include "plugins/posts/comment_repository.hpp"
#include "plugins/posts/like_repository.hpp"
#include "plugins/posts/name_repository.hpp"
#include "plugins/posts/post_events.hpp"
#include "plugins/posts/post_removal.hpp"
#include "plugins/posts/post_repository.hpp"
#include "plugins/posts/tag_repository.hpp"

namespace posts {

namespace {

using gatehouse::Transaction;

constexpr int kAccountsAtOnce = 100;
constexpr int kPostsAtOnce = 20;  // each takes its own likes and comments along
constexpr int kRowsAtOnce = 50;

bool remove_posts(Transaction& tx, std::int64_t user_id) {
    const auto ids = repository::ids_by(tx, user_id, kPostsAtOnce);
    for (const std::int64_t id : ids) {
        if (const auto post = removal::lock_any_with_original(tx, id)) removal::remove(tx, *post);
    }
    return !ids.empty();
}

bool remove_likes(Transaction& tx, std::int64_t user_id) {
    const auto post_ids = likes::posts_liked_by(tx, user_id, kRowsAtOnce);
    for (const std::int64_t id : post_ids) {
        const auto post = repository::lock(tx, id, Viewer());
        if (!post || !likes::remove(tx, id, user_id)) continue;
        repository::add_likes(tx, id, -1);
        post_tags::add_likes(tx, *post, -1);
        events::post_unliked(tx, *post, user_id);
    }
    return !post_ids.empty();
}

bool remove_comments(Transaction& tx, std::int64_t user_id, Time now) {
    const auto found = comments::written_by(tx, user_id, kRowsAtOnce);
    for (const Comment& seen : found) {
        static_cast<void>(repository::lock(tx, seen.post_id, Viewer()));
        const auto comment = comments::find(tx, seen.id);
        if (!comment) continue;
        if (!comment->deleted) removal::remove(tx, *comment, now);
        comments::forget_author(tx, seen.id);
    }
    return !found.empty();
}

}  // namespace

void Departures::clean_up(const gatehouse::JobRun& run) {
    const auto leavers = database_.read([](Transaction& tx) { return absent::leavers(tx, kAccountsAtOnce); });
    for (const absent::Leaver& leaver : leavers) {
        bool is_done = false;
        while (!is_done && !run.should_stop()) is_done = !remove_some(leaver.user_id);
        if (!is_done) return;
        if (leaver.since + kAftermath > context_.wall_time()) continue;
        database_.write([&](Transaction& tx) {
            absent::finish(tx, leaver.user_id);
            names::forget(tx, leaver.user_id);
        });
        context_.log().info("a deleted account has left nothing", {{"user", leaver.user_id}});
    }
}

bool Departures::remove_some(std::int64_t user_id) {
    return database_.write([&](Transaction& tx) {
        if (!absent::is_leaving(tx, user_id)) return false;
        return remove_posts(tx, user_id) || remove_likes(tx, user_id) ||
               remove_comments(tx, user_id, context_.wall_time());
    });
}

}  // namespace posts
