// What the services `users` and `auth` know about people. [worker]
#pragma once

#include <cstdint>
#include <vector>

#include <gatehouse/context.hpp>
#include <gatehouse/request.hpp>

#include "plugins/subscriptions/follow.hpp"

namespace subscriptions {

class People final {
public:
    explicit People(const gatehouse::Context& context) : context_(context) {}

    // Somebody who can be followed. The profile of a new account may be on its way: then auth is asked for the account.
    // Throws gatehouse::CallFailed when they cannot be asked.
    [[nodiscard]] bool exists(std::int64_t user_id, const gatehouse::Request& request) const;

    // Fills in names and pictures; without users it leaves them empty.
    void name(std::vector<Person>& people, const gatehouse::Request& request) const;

private:
    const gatehouse::Context& context_;
};

}  // namespace subscriptions
