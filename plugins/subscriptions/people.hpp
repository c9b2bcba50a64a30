// What the service `users` knows about people. [worker]
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

    // Somebody who can be followed. An account of the last seconds is waited for, up to one second: its profile is on
    // its way. Throws gatehouse::CallFailed when users cannot be asked.
    [[nodiscard]] bool exists(std::int64_t user_id, const gatehouse::Request& request) const;

    // Fills in names and pictures; without users it leaves them empty.
    void name(std::vector<Person>& people, const gatehouse::Request& request) const;

private:
    const gatehouse::Context& context_;
};

}  // namespace subscriptions
