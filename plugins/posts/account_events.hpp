// What the service `auth` tells about accounts, as far as posts need it.
#pragma once

#include <cstdint>
#include <string>

#include <gatehouse/context.hpp>
#include <gatehouse/events.hpp>

namespace posts {

struct AccountStatus {
    std::int64_t id = 0;
    std::string status;  // active, banned, deleted
};
constexpr auto describe(AccountStatus*) {
    return gatehouse::fields(gatehouse::field("id", &AccountStatus::id),
                             gatehouse::field("status", &AccountStatus::status));
}

struct AccountRenamed {
    std::int64_t id = 0;
    std::string username;
};
constexpr auto describe(AccountRenamed*) {
    return gatehouse::fields(gatehouse::field("id", &AccountRenamed::id),
                             gatehouse::field("username", &AccountRenamed::username));
}

class AccountEvents final {
public:
    explicit AccountEvents(const gatehouse::Context& context) : context_(context) {}

    // Hides all that a banned or deleted account has written, at once; shows it again when the account is back, as far
    // as it is still there. Departures removes what a deleted one leaves.
    void status_changed(gatehouse::Transaction& tx, const gatehouse::Event& event, const AccountStatus& account);
    // What is written from now on carries the new name, whatever the token says; Renames brings it to the rest.
    void renamed(gatehouse::Transaction& tx, const gatehouse::Event& event, const AccountRenamed& account);

private:
    const gatehouse::Context& context_;
};

}  // namespace posts
