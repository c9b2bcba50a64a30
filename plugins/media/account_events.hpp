// What the service `auth` tells about accounts, as far as images need it.
#pragma once

#include <cstdint>
#include <string>

#include <gatehouse/context.hpp>
#include <gatehouse/events.hpp>

namespace media {

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

    // From now on a deleted account may keep nothing new, and Departures takes away what it has. Images of a banned one
    // stay as they are.
    void status_changed(gatehouse::Transaction& tx, const gatehouse::Event& event, const AccountStatus& account);

private:
    const gatehouse::Context& context_;
};

}  // namespace media
