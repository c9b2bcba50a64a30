#include "plugins/subscriptions/people.hpp"

#include <map>
#include <string>

#include <gatehouse/page.hpp>

namespace subscriptions {

namespace {

struct Profile {
    std::int64_t id = 0;
    std::optional<std::string> username, full_name, first_name, last_name, avatar_url;
    bool deleted = false;
};
constexpr auto describe(Profile*) {
    return fields(field("id", &Profile::id), field("username", &Profile::username),
                  field("full_name", &Profile::full_name), field("first_name", &Profile::first_name),
                  field("last_name", &Profile::last_name), field("avatar_url", &Profile::avatar_url),
                  field("deleted", &Profile::deleted, gatehouse::optional_default));
}

struct Profiles {
    std::vector<Profile> items;
};
constexpr auto describe(Profiles*) { return fields(field("items", &Profiles::items)); }

struct Account {
    std::string status;
};
constexpr auto describe(Account*) { return fields(field("status", &Account::status)); }

}  // namespace

bool People::exists(std::int64_t user_id, const gatehouse::Request& request) const {
    if (user_id <= 0) return false;
    const std::string id = std::to_string(user_id);
    const auto profile = context_.call("users", gatehouse::CallRequest::get("/api/users/" + id).within(request));
    if (profile.status != 404) return !profile.json<Profile>().deleted;
    const auto accounts =
        context_.call("auth", gatehouse::CallRequest::get("/api/auth/users?ids=" + id).within(request));
    const auto found = accounts.json<gatehouse::Page<Account>>().items;
    return !found.empty() && found.front().status == "active";
}

void People::name(std::vector<Person>& people, const gatehouse::Request& request) const {
    if (people.empty()) return;
    std::string target = "/api/users?limit=100&ids=";
    for (const Person& person : people)
        target += (&person == &people.front() ? "" : ",") + std::to_string(person.user_id);
    std::map<std::int64_t, Profile> known;
    try {
        auto answer = context_.call("users", gatehouse::CallRequest::get(target).within(request)).json<Profiles>();
        for (Profile& profile : answer.items) known.emplace(profile.id, std::move(profile));
    } catch (const gatehouse::CallFailed& error) {
        context_.log().warn("a list goes without names", {{"error", error.what()}});
        return;
    }
    for (Person& person : people) {
        const auto found = known.find(person.user_id);
        if (found == known.end()) continue;
        const Profile& profile = found->second;
        person.username = profile.username;
        person.full_name = profile.full_name;
        person.first_name = profile.first_name;
        person.last_name = profile.last_name;
        person.avatar_url = profile.avatar_url;
        person.deleted = profile.deleted;
    }
}

}  // namespace subscriptions
