// What the service `subscriptions` tells, as far as posts need it.
#pragma once

#include <cstdint>

#include <gatehouse/events.hpp>

namespace posts {

struct Following {
    std::int64_t follower_id = 0, user_id = 0;  // who follows whom
};
constexpr auto describe(Following*) {
    return gatehouse::fields(gatehouse::field("follower_id", &Following::follower_id),
                             gatehouse::field("user_id", &Following::user_id));
}

namespace follow_events {

void created(gatehouse::Transaction& tx, const gatehouse::Event& event, const Following& following);
void deleted(gatehouse::Transaction& tx, const gatehouse::Event& event, const Following& following);

}  // namespace follow_events
}  // namespace posts
