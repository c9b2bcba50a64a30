#include "plugins/users/profile.hpp"

#include <algorithm>
#include <chrono>

namespace users {

namespace {

std::string version_tag(const Profile& profile) { return "\"" + std::to_string(profile.version) + "-"; }

}  // namespace

void complete(Profile& profile) {
    profile.avatar_url.reset();
    if (profile.avatar_id) profile.avatar_url = "/api/users/" + std::to_string(profile.id) + "/avatar?size=256";
}

std::string tag_of(const Profile& profile) {
    if (profile.is_hidden()) return version_tag(profile) + "\"";
    return version_tag(profile) + std::to_string(profile.subscriptions) + "-" + std::to_string(profile.subscribers) +
           "\"";
}

bool is_current(std::string_view list, const Profile& profile) {
    return list == "*" || list.find(version_tag(profile)) != std::string_view::npos;
}

PublicProfile to_public(const Profile& profile) {
    PublicProfile result;
    result.id = profile.id;
    result.deleted = profile.is_hidden();
    if (result.deleted) return result;
    result.username = profile.username;
    result.first_name = profile.first_name;
    result.last_name = profile.last_name;
    result.full_name = profile.full_name;
    result.bio = profile.bio;
    result.avatar_url = profile.avatar_url;
    result.subscriptions = profile.subscriptions;
    result.subscribers = profile.subscribers;
    return result;
}

bool is_phone(const std::string& text) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto digits = std::count_if(text.begin(), text.end(), is_digit);
    const auto is_allowed = [&](char c) {
        return is_digit(c) || std::string_view(" ()-.").find(c) != std::string_view::npos;
    };
    const auto begin = text.begin() + (text.starts_with('+') ? 1 : 0);
    return digits >= 5 && digits <= 15 && std::all_of(begin, text.end(), is_allowed);
}

bool is_not_in_the_future(const Date& day) {
    constexpr std::chrono::hours kEasternmostOffset{14};
    return day <= std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now() + kEasternmostOffset);
}

void ProfileChange::apply_to(Profile& profile) const {
    first_name.apply_to(profile.first_name);
    last_name.apply_to(profile.last_name);
    full_name.apply_to(profile.full_name);
    gender.apply_to(profile.gender);
    birthday.apply_to(profile.birthday);
    phone.apply_to(profile.phone);
    bio.apply_to(profile.bio);
}

}  // namespace users
