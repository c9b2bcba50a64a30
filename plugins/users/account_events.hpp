// What auth tells about accounts, and what becomes of it here.
#pragma once

#include <cstdint>
#include <string>

#include <gatehouse/events.hpp>

namespace users {

struct AccountRegistered {
    std::int64_t id = 0;
    std::string username;
};
constexpr auto describe(AccountRegistered*) {
    return gatehouse::fields(gatehouse::field("id", &AccountRegistered::id),
                             gatehouse::field("username", &AccountRegistered::username));
}

struct AccountDeleted {
    std::int64_t id = 0;
};
constexpr auto describe(AccountDeleted*) { return gatehouse::fields(gatehouse::field("id", &AccountDeleted::id)); }

}  // namespace users
