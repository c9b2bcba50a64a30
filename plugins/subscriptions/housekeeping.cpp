#include "plugins/subscriptions/housekeeping.hpp"

#include <limits>

#include "plugins/subscriptions/follow_repository.hpp"
#include "plugins/subscriptions/subscription_events.hpp"

namespace subscriptions {

namespace {

constexpr int kAtOnce = 100;
constexpr std::int64_t kLatest = std::numeric_limits<std::int64_t>::max();

// False: nothing is left to do.
bool remove_some(gatehouse::Transaction& tx) {
    const auto leaver = repository::any_leaver(tx);
    if (!leaver) return false;
    auto follows = repository::followed_by(tx, *leaver, kLatest, kAtOnce);
    const auto followers = repository::followers_of(tx, *leaver, kLatest, kAtOnce);
    follows.insert(follows.end(), followers.begin(), followers.end());
    for (const Follow& follow : follows) {
        if (!repository::remove(tx, follow.follower_id, follow.user_id)) continue;
        repository::touch_reader(tx, follow.follower_id);
        events::deleted(tx, follow.follower_id, follow.user_id);
    }
    if (follows.empty()) repository::remove_leaver(tx, *leaver);
    return true;
}

}  // namespace

void Housekeeping::remove_leavers(const gatehouse::JobRun& run) {
    while (!run.should_stop() && database_.write(&remove_some)) {
    }
}

}  // namespace subscriptions
