// What this service tells others; the subject is "subscription/<follower>-<user>".
#pragma once

#include <string>

#include <gatehouse/storage/transaction.hpp>

#include "plugins/subscriptions/follow.hpp"

namespace subscriptions::events {

void created(gatehouse::Transaction& tx, const Follow& follow, const std::string& follower_name);
void deleted(gatehouse::Transaction& tx, std::int64_t follower_id, std::int64_t user_id);

}  // namespace subscriptions::events
