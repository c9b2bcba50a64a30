// What the services `posts` and `auth` tell, as far as feeds need it.
#pragma once

#include <cstdint>
#include <string>

#include <gatehouse/events.hpp>

namespace subscriptions {

struct PostChanged {
    std::int64_t id = 0, author_id = 0;
    std::string visibility;  // public, followers, private
};
constexpr auto describe(PostChanged*) {
    return gatehouse::fields(gatehouse::field("id", &PostChanged::id),
                             gatehouse::field("author_id", &PostChanged::author_id),
                             gatehouse::field("visibility", &PostChanged::visibility));
}

struct PostGone {
    std::int64_t id = 0;
};
constexpr auto describe(PostGone*) { return gatehouse::fields(gatehouse::field("id", &PostGone::id)); }

struct AccountGone {
    std::int64_t id = 0;
};
constexpr auto describe(AccountGone*) { return gatehouse::fields(gatehouse::field("id", &AccountGone::id)); }

struct AccountStatus {
    std::int64_t id = 0;
    std::string status;  // active, banned, deleted
};
constexpr auto describe(AccountStatus*) {
    return gatehouse::fields(gatehouse::field("id", &AccountStatus::id),
                             gatehouse::field("status", &AccountStatus::status));
}

namespace post_events {

void changed(gatehouse::Transaction& tx, const gatehouse::Event& event, const PostChanged& post);  // or new
void deleted(gatehouse::Transaction& tx, const gatehouse::Event& event, const PostGone& post);
// Live feeds of those who are not active end.
void account_changed(gatehouse::Transaction& tx, const gatehouse::Event& event, const AccountStatus& account);
// Their followings are removed by Housekeeping.
void account_deleted(gatehouse::Transaction& tx, const gatehouse::Event& event, const AccountGone& account);

}  // namespace post_events
}  // namespace subscriptions
