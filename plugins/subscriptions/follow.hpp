// Somebody follows somebody, and the shapes in which that goes in and out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gatehouse/describe.hpp>
#include <gatehouse/page.hpp>
#include <gatehouse/time.hpp>

namespace subscriptions {

using gatehouse::field;
using gatehouse::fields;
using gatehouse::Time;

struct Follow {
    std::int64_t id = 0;  // grows with time: the place in lists
    std::int64_t follower_id = 0, user_id = 0;
    Time created_at{};
};
constexpr auto describe(Follow*) {
    return fields(field("follower_id", &Follow::follower_id), field("user_id", &Follow::user_id),
                  field("created_at", &Follow::created_at));
}

struct FollowDraft {
    std::int64_t user_id = 0;
};
constexpr auto describe(FollowDraft*) {
    return fields(field("user_id", &FollowDraft::user_id, gatehouse::description("whom to follow")));
}

// Somebody in a list. Names and picture come from the service `users` and are null while it cannot be asked.
struct Person {
    std::int64_t user_id = 0;
    std::optional<std::string> username, full_name, first_name, last_name, avatar_url;
    bool deleted = false;
    Time since{};
};
constexpr auto describe(Person*) {
    return fields(field("user_id", &Person::user_id), field("username", &Person::username),
                  field("full_name", &Person::full_name), field("first_name", &Person::first_name),
                  field("last_name", &Person::last_name), field("avatar_url", &Person::avatar_url),
                  field("deleted", &Person::deleted), field("since", &Person::since));
}

}  // namespace subscriptions
