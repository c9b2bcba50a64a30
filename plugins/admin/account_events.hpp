// What the service `auth` tells, as far as it matters here.
#pragma once

#include <cstdint>

#include <gatehouse/events.hpp>

#include "plugins/admin/bans.hpp"
#include "plugins/admin/report_repository.hpp"

namespace admin {

struct AccountGone {
    std::int64_t id = 0;
};
constexpr auto describe(AccountGone*) { return fields(field("id", &AccountGone::id)); }

namespace account_events {

// There is nobody to be banned, and what he wrote is not kept here.
inline void deleted(gatehouse::Transaction& tx, const gatehouse::Event&, const AccountGone& account) {
    static_cast<void>(bans::remove(tx, account.id));
    reports::blank_of(tx, account.id);
}

}  // namespace account_events
}  // namespace admin
