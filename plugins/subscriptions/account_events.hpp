// What the service `auth` tells about accounts, as far as followings need it.
#pragma once

#include <cstdint>
#include <string>

#include <gatehouse/context.hpp>
#include <gatehouse/events.hpp>

namespace subscriptions {

struct AccountStatus {
    std::int64_t id = 0;
    std::string status;  // active, banned, deleted
};
constexpr auto describe(AccountStatus*) {
    return gatehouse::fields(gatehouse::field("id", &AccountStatus::id),
                             gatehouse::field("status", &AccountStatus::status));
}

class AccountEvents final {
public:
    explicit AccountEvents(const gatehouse::Context& context) : context_(context) {}

    // The followings of a deleted account are removed by Housekeeping, unless it is active again before. Those of a
    // banned one stay: its posts are hidden by the service posts.
    void status_changed(gatehouse::Transaction& tx, const gatehouse::Event& event, const AccountStatus& account);

private:
    const gatehouse::Context& context_;
};

}  // namespace subscriptions
