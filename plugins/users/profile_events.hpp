// What this service tells others about profiles; the subject is "user/<id>".
#pragma once

#include <string>

#include <gatehouse/publish.hpp>

#include "plugins/users/profile.hpp"

namespace users::profile_events {

struct ProfileGone {
    std::int64_t id = 0;
};
constexpr auto describe(ProfileGone*) { return fields(field("id", &ProfileGone::id)); }

inline std::string subject_of(std::int64_t user_id) { return "user/" + std::to_string(user_id); }

// Its public part.
inline void updated(gatehouse::Transaction& tx, const Profile& profile) {
    tx.publish("profile.updated", to_public(profile), subject_of(profile.id));
}
inline void deleted(gatehouse::Transaction& tx, std::int64_t user_id) {
    tx.publish("profile.deleted", ProfileGone{user_id}, subject_of(user_id));
}

}  // namespace users::profile_events
