#include "plugins/subscriptions/people.hpp"

#include <chrono>
#include <map>
#include <string>
#include <thread>

#include <gatehouse/id.hpp>

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

constexpr std::chrono::milliseconds kNew{10'000}, kPatience{1'000}, kPause{50};

// Ids tell when they were made.
bool is_new(std::int64_t user_id, gatehouse::Time now) {
    const auto age = now - gatehouse::IdSource::time_of(user_id);
    return age < kNew && age > -kNew;
}

}  // namespace

bool People::exists(std::int64_t user_id, const gatehouse::Request& request) const {
    if (user_id <= 0) return false;
    const std::string target = "/api/users/" + std::to_string(user_id);
    for (std::chrono::milliseconds waited{0};; waited += kPause) {
        const auto answer = context_.call("users", gatehouse::CallRequest::get(target).within(request));
        if (answer.status != 404) return !answer.json<Profile>().deleted;
        if (waited >= kPatience || !is_new(user_id, context_.wall_time())) return false;
        std::this_thread::sleep_for(kPause);
    }
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
