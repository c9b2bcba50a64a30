#include "plugins/users/profile_service.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "plugins/users/avatar_repository.hpp"
#include "plugins/users/profile_events.hpp"
#include "plugins/users/profile_repository.hpp"

namespace users {

using gatehouse::Transaction;

namespace {

constexpr std::string_view kSearchScope = "users.by_username";

// The user's own profile, locked and alive. A token names the user only where there is no profile yet: it may be from
// before a renaming, which is told by an event.
Profile take_own(Transaction& tx, const User& user, Time now) {
    profiles::insert_if_absent(tx, user.id, user.name, now);
    std::optional<Profile> profile = profiles::lock(tx, user.id);
    if (!profile || profile->deleted_at) throw gatehouse::NotFound("This profile was deleted.");
    return *std::move(profile);
}

// Nothing is left to do if it is gone already.
void hide_profile(Transaction& tx, std::int64_t user_id, Time now) {
    std::optional<Profile> profile = profiles::lock(tx, user_id);
    if (!profile || profile->deleted_at) return;
    profile->deleted_at = profile->updated_at = now;
    if (profile->avatar_id) avatars::put_aside(tx, *std::exchange(profile->avatar_id, std::nullopt), user_id);
    profiles::update(tx, *profile);
    profile_events::deleted(tx, user_id);
}

std::vector<PublicProfile> to_public(const std::vector<Profile>& found) {
    std::vector<PublicProfile> result;
    std::transform(found.begin(), found.end(), std::back_inserter(result),
                   [](const Profile& profile) { return to_public(profile); });
    return result;
}

Profile save(Transaction& tx, Profile profile, const ProfileChange& change, Time now) {
    change.apply_to(profile);
    profile.is_filled = true;
    profile.updated_at = now;
    profiles::update(tx, profile);
    ++profile.version;
    profile_events::updated(tx, profile);
    return profile;
}

// In the order of the ids, so that two events that meet do not wait for each other.
void follow(Transaction& tx, const SubscriptionChanged& change, int step) {
    if (change.follower_id < change.user_id) profiles::add_follows(tx, change.follower_id, step, 0);
    profiles::add_follows(tx, change.user_id, 0, step);
    if (change.follower_id >= change.user_id) profiles::add_follows(tx, change.follower_id, step, 0);
}

}  // namespace

ProfileService::ProfileService(const gatehouse::Context& context, Database& database, std::string_view cursor_secret)
    : context_(context), database_(database), cursors_(cursor_secret) {}

Profile ProfileService::create(const User& user, const ProfileChange& change) {
    return database_.write([&](Transaction& tx) {
        Profile profile = take_own(tx, user, now());
        if (profile.is_filled) throw gatehouse::Conflict("You have a profile already; change it with PATCH.");
        return save(tx, std::move(profile), change, now());
    });
}

Profile ProfileService::own(const User& user) {
    if (auto profile = database_.read([&](Transaction& tx) { return profiles::find(tx, user.id); })) {
        if (!profile->deleted_at) return *std::move(profile);
    }
    return database_.write([&](Transaction& tx) { return take_own(tx, user, now()); });
}

Profile ProfileService::change(const User& user, const ProfileChange& change,
                               const std::function<void(const Profile&)>& allow) {
    return database_.write([&](Transaction& tx) {
        Profile profile = take_own(tx, user, now());
        allow(profile);
        return save(tx, std::move(profile), change, now());
    });
}

void ProfileService::hide(const User& user) {
    database_.write([&](Transaction& tx) {
        profiles::insert_if_absent(tx, user.id, user.name, now());
        hide_profile(tx, user.id, now());
    });
}

void ProfileService::on_registered(Transaction& tx, const gatehouse::Event&, const AccountRegistered& account) {
    profiles::insert_if_absent(tx, account.id, account.username, now(), account.full_name);
    if (!account.full_name) return;
    // The owner may have been here before this event: what he has filled in himself stays.
    std::optional<Profile> profile = profiles::lock(tx, account.id);
    if (!profile || profile->deleted_at || profile->is_filled || profile->full_name) return;
    profile->full_name = account.full_name;
    profiles::update(tx, *profile);
    ++profile->version;
    profile_events::updated(tx, *profile);
}

void ProfileService::on_renamed(Transaction& tx, const gatehouse::Event&, const AccountRenamed& account) {
    profiles::insert_if_absent(tx, account.id, account.username, now());
    std::optional<Profile> profile = profiles::lock(tx, account.id);
    if (profile && !profile->deleted_at && profile->username != account.username) {
        profiles::rename(tx, account.id, account.username);
        profile->username = account.username;
        profile_events::updated(tx, *profile);
    }
}

void ProfileService::on_status_changed(Transaction& tx, const gatehouse::Event&, const AccountStatus& account) {
    profiles::insert_if_absent(tx, account.id, account.username, now());
    profiles::set_banned(tx, account.id, account.status == "banned");
}

void ProfileService::on_account_deleted(Transaction& tx, const gatehouse::Event&, const AccountDeleted& account) {
    hide_profile(tx, account.id, now());
}

void ProfileService::on_subscribed(Transaction& tx, const gatehouse::Event&, const SubscriptionChanged& change) {
    follow(tx, change, 1);
}

void ProfileService::on_unsubscribed(Transaction& tx, const gatehouse::Event&, const SubscriptionChanged& change) {
    follow(tx, change, -1);
}

Profile ProfileService::change_avatar(const User& user, const std::optional<std::string>& media_id) {
    return database_.write([&](Transaction& tx) {
        Profile profile = take_own(tx, user, now());
        if (profile.avatar_id) avatars::put_aside(tx, *profile.avatar_id, user.id);
        profile.avatar_id = media_id;
        profile.updated_at = now();
        complete(profile);
        profiles::update(tx, profile);
        ++profile.version;
        profile_events::updated(tx, profile);
        return profile;
    });
}

std::optional<std::string> ProfileService::avatar_of(std::int64_t user_id) {
    const auto profile = database_.read([&](Transaction& tx) { return profiles::find(tx, user_id); });
    return profile && !profile->is_hidden() ? profile->avatar_id : std::nullopt;
}

Profile ProfileService::find(std::int64_t user_id) {
    auto profile = database_.read([&](Transaction& tx) { return profiles::find(tx, user_id); });
    if (!profile) throw gatehouse::NotFound("There is no such user.");
    return *std::move(profile);
}

std::vector<PublicProfile> ProfileService::find_all(const std::vector<std::int64_t>& user_ids) {
    return to_public(database_.read([&](Transaction& tx) { return profiles::find_all(tx, user_ids); }));
}

gatehouse::Page<PublicProfile> ProfileService::search(const ProfileQuery& query) {
    const auto after = cursors_.open<std::string, std::int64_t>(query.cursor, kSearchScope);
    const std::string prefix = profiles::to_key(query.q.value_or(""));
    auto found =
        database_.read([&](Transaction& tx) { return profiles::find_by_prefix(tx, prefix, after, query.limit + 1); });
    return gatehouse::make_page(to_public(found), query.limit, [&](const PublicProfile& last) {
        return cursors_.seal(kSearchScope, profiles::to_key(*last.username), last.id);
    });
}

}  // namespace users
