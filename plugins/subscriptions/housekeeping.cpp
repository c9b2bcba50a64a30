#include "plugins/subscriptions/housekeeping.hpp"

#include <limits>

#include "plugins/subscriptions/follow_repository.hpp"
#include "plugins/subscriptions/subscription_events.hpp"

namespace subscriptions {

namespace {

using gatehouse::Transaction;

constexpr int kAccountsAtOnce = 100;
constexpr int kAtOnce = 100;
constexpr std::int64_t kLatest = std::numeric_limits<std::int64_t>::max();

// False: nothing is left to do.
bool remove_some(Transaction& tx, std::int64_t leaver) {
    if (!repository::is_leaver(tx, leaver)) return false;
    auto follows = repository::followed_by(tx, leaver, kLatest, kAtOnce);
    const auto followers = repository::followers_of(tx, leaver, kLatest, kAtOnce);
    follows.insert(follows.end(), followers.begin(), followers.end());
    for (const Follow& follow : follows) {
        if (!repository::remove(tx, follow.follower_id, follow.user_id)) continue;
        repository::touch_reader(tx, follow.follower_id);
        events::deleted(tx, follow.follower_id, follow.user_id);
    }
    return !follows.empty();
}

}  // namespace

void Housekeeping::remove_leavers(const gatehouse::JobRun& run) {
    const auto leavers = database_.read([](Transaction& tx) { return repository::leavers(tx, kAccountsAtOnce); });
    for (const repository::Leaver& leaver : leavers) {
        bool is_done = false;
        while (!is_done && !run.should_stop()) {
            is_done = !database_.write([&](Transaction& tx) { return remove_some(tx, leaver.user_id); });
        }
        if (!is_done) return;
        if (leaver.since + kAftermath > context_.wall_time()) continue;
        database_.write([&](Transaction& tx) { repository::remove_leaver(tx, leaver.user_id); });
    }
}

}  // namespace subscriptions
