// A profile and the shapes in which it goes in and out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <gatehouse/describe.hpp>
#include <gatehouse/page.hpp>
#include <gatehouse/patch.hpp>
#include <gatehouse/time.hpp>
#include <gatehouse/visible_line.hpp>

namespace users {

using gatehouse::Date;
using gatehouse::field;
using gatehouse::fields;
using gatehouse::max_length;
using gatehouse::Patch;
using gatehouse::Time;

enum class Gender { male, female, other };
constexpr auto describe(Gender*) {
    return gatehouse::names<Gender>({{"male", Gender::male}, {"female", Gender::female}, {"other", Gender::other}});
}

struct Profile {
    std::int64_t id = 0;  // the user's id
    std::string username;
    std::optional<std::string> first_name, last_name, full_name;
    std::optional<Gender> gender;
    std::optional<Date> birthday;
    std::optional<std::string> phone, bio;
    Time created_at{}, updated_at{};
    bool is_filled = false;  // by its owner; before that it holds the user name alone
    std::int64_t version = 1;
    std::optional<Time> deleted_at;
    bool is_banned = false;                // the account is
    std::optional<std::string> avatar_id;  // of media
    std::int64_t subscriptions = 0, subscribers = 0;

    [[nodiscard]] bool is_hidden() const { return deleted_at || is_banned; }  // from everybody but its owner

    // Where the picture is; empty without one. Part of what is shown, and never read.
    std::optional<std::string> avatar_url;
};
// Fills in what follows from the rest.
void complete(Profile& profile);
// The ETag: another one whenever something that is shown has changed, to the owner or to everybody.
std::string tag_of(const Profile& profile);
// Whether `list`, an If-Match, allows a change of this profile: who follows is not part of what is changed.
bool is_current(std::string_view list, const Profile& profile);
// What its owner sees.
constexpr auto describe(Profile*) {
    return fields(field("id", &Profile::id), field("username", &Profile::username),
                  field("first_name", &Profile::first_name), field("last_name", &Profile::last_name),
                  field("full_name", &Profile::full_name), field("gender", &Profile::gender),
                  field("birthday", &Profile::birthday), field("phone", &Profile::phone), field("bio", &Profile::bio),
                  field("avatar_url", &Profile::avatar_url), field("subscriptions", &Profile::subscriptions),
                  field("subscribers", &Profile::subscribers), field("created_at", &Profile::created_at),
                  field("updated_at", &Profile::updated_at));
}

// What everybody sees: no phone, no birthday; nothing but the id of a deleted one, or of one whose account is
// banned, which looks the same.
struct PublicProfile {
    std::int64_t id = 0;
    std::optional<std::string> username, first_name, last_name, full_name, bio, avatar_url;
    std::int64_t subscriptions = 0, subscribers = 0;
    bool deleted = false;
};
constexpr auto describe(PublicProfile*) {
    return fields(field("id", &PublicProfile::id), field("username", &PublicProfile::username),
                  field("first_name", &PublicProfile::first_name), field("last_name", &PublicProfile::last_name),
                  field("full_name", &PublicProfile::full_name), field("bio", &PublicProfile::bio),
                  field("avatar_url", &PublicProfile::avatar_url),
                  field("subscriptions", &PublicProfile::subscriptions),
                  field("subscribers", &PublicProfile::subscribers), field("deleted", &PublicProfile::deleted));
}
PublicProfile to_public(const Profile& profile);

bool is_phone(const std::string& text);      // E.164 with the usual separators
bool is_not_in_the_future(const Date& day);  // true for a day that has begun somewhere on Earth

// POST and PATCH: absent = unchanged, null = cleared.
struct ProfileChange {
    Patch<std::string> first_name, last_name, full_name;
    Patch<Gender> gender;
    Patch<Date> birthday;
    Patch<std::string> phone, bio;

    void apply_to(Profile& profile) const;
};
constexpr auto describe(ProfileChange*) {
    using gatehouse::is_visible_line;
    using gatehouse::kVisibleLineRule;
    using gatehouse::satisfies;
    return fields(
        field("first_name", &ProfileChange::first_name, max_length(128), satisfies(&is_visible_line, kVisibleLineRule)),
        field("last_name", &ProfileChange::last_name, max_length(128), satisfies(&is_visible_line, kVisibleLineRule)),
        field("full_name", &ProfileChange::full_name, max_length(256), satisfies(&is_visible_line, kVisibleLineRule)),
        field("gender", &ProfileChange::gender),
        field("birthday", &ProfileChange::birthday, satisfies(&is_not_in_the_future, "must not be in the future"),
              gatehouse::example("1990-12-31")),
        field("phone", &ProfileChange::phone, max_length(32), satisfies(&is_phone, "must be a phone number"),
              gatehouse::example("+7 912 345-67-89")),
        field("bio", &ProfileChange::bio, max_length(2'000)));
}

// GET /api/users: some by id, or a page of those whose user name begins with q.
struct ProfileQuery : gatehouse::PageQuery {
    std::vector<std::int64_t> ids;
    std::optional<std::string> q;
};
constexpr auto describe(ProfileQuery*) {
    return fields(gatehouse::limit_field(), gatehouse::cursor_field(),
                  field("ids", &ProfileQuery::ids, gatehouse::optional_default, gatehouse::max_items(100),
                        gatehouse::description("those users, in no particular order; without q")),
                  field("q", &ProfileQuery::q, gatehouse::min_length(1), max_length(64),
                        gatehouse::description("how the user name begins")));
}

}  // namespace users
