#include "plugins/subscriptions/subscription_events.hpp"

#include <gatehouse/publish.hpp>

namespace subscriptions::events {

namespace {

struct Created {
    std::int64_t follower_id = 0;
    std::string follower_name;
    std::int64_t user_id = 0;  // who is followed
    Time created_at{};
};
constexpr auto describe(Created*) {
    return fields(field("follower_id", &Created::follower_id), field("follower_name", &Created::follower_name),
                  field("user_id", &Created::user_id), field("created_at", &Created::created_at));
}

struct Deleted {
    std::int64_t follower_id = 0, user_id = 0;
};
constexpr auto describe(Deleted*) {
    return fields(field("follower_id", &Deleted::follower_id), field("user_id", &Deleted::user_id));
}

std::string subject_of(std::int64_t follower_id, std::int64_t user_id) {
    return "subscription/" + std::to_string(follower_id) + "-" + std::to_string(user_id);
}

}  // namespace

void created(gatehouse::Transaction& tx, const Follow& follow, const std::string& follower_name) {
    tx.publish("subscription.created", Created{follow.follower_id, follower_name, follow.user_id, follow.created_at},
               subject_of(follow.follower_id, follow.user_id));
}

void deleted(gatehouse::Transaction& tx, std::int64_t follower_id, std::int64_t user_id) {
    tx.publish("subscription.deleted", Deleted{follower_id, user_id}, subject_of(follower_id, user_id));
}

}  // namespace subscriptions::events
