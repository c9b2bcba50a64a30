// What auth tells about accounts and subscriptions about who follows whom, and what becomes of it here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <gatehouse/events.hpp>

namespace users {

struct AccountRegistered {
    std::int64_t id = 0;
    std::string username;
    std::optional<std::string> full_name;
};
constexpr auto describe(AccountRegistered*) {
    return gatehouse::fields(gatehouse::field("id", &AccountRegistered::id),
                             gatehouse::field("username", &AccountRegistered::username),
                             gatehouse::field("full_name", &AccountRegistered::full_name));
}

struct AccountRenamed {
    std::int64_t id = 0;
    std::string username;
};
constexpr auto describe(AccountRenamed*) {
    return gatehouse::fields(gatehouse::field("id", &AccountRenamed::id),
                             gatehouse::field("username", &AccountRenamed::username));
}

struct AccountStatus {
    std::int64_t id = 0;
    std::string username, status;  // active, banned, deleted
};
constexpr auto describe(AccountStatus*) {
    return gatehouse::fields(gatehouse::field("id", &AccountStatus::id),
                             gatehouse::field("username", &AccountStatus::username),
                             gatehouse::field("status", &AccountStatus::status));
}

struct AccountDeleted {
    std::int64_t id = 0;
};
constexpr auto describe(AccountDeleted*) { return gatehouse::fields(gatehouse::field("id", &AccountDeleted::id)); }

// subscription.created and .deleted: `follower_id` follows `user_id`, or does so no more.
struct SubscriptionChanged {
    std::int64_t follower_id = 0, user_id = 0;
};
constexpr auto describe(SubscriptionChanged*) {
    return gatehouse::fields(gatehouse::field("follower_id", &SubscriptionChanged::follower_id),
                             gatehouse::field("user_id", &SubscriptionChanged::user_id));
}

}  // namespace users
