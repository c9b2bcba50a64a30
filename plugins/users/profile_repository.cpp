#include "plugins/users/profile_repository.hpp"

#include <algorithm>
#include <string>

#include <gatehouse/storage/parameter.hpp>

namespace users::profiles {

namespace {

#define PROFILE_COLUMNS                                                                                                \
    "profiles.user_id, username, first_name, last_name, full_name, gender, birthday, phone, bio, is_filled, version, " \
    "created_at, updated_at, deleted_at, is_banned, avatar_id, coalesce(subscriptions, 0) as subscriptions, "          \
    "coalesce(subscribers, 0) as subscribers"
#define PROFILES "profiles left join follow_counts on follow_counts.user_id = profiles.user_id"

constexpr char kInsert[] =
    "insert into profiles (user_id, username, username_key, created_at, updated_at, full_name) "
    "values ($1, $2, $3, $4, $4, $5) "
    "on conflict do nothing";
constexpr char kFind[] = "select " PROFILE_COLUMNS " from " PROFILES " where profiles.user_id = $1";
constexpr char kLock[] =
    "select " PROFILE_COLUMNS " from " PROFILES " where profiles.user_id = $1 for update of profiles";
constexpr char kByPrefix[] = "select " PROFILE_COLUMNS " from " PROFILES
                             " where deleted_at is null and not is_banned and username_key >= $1 and username_key < $2 "
                             "and (username_key > $3 or (username_key = $3 and profiles.user_id > $4)) "
                             "order by username_key, profiles.user_id limit $5";
constexpr char kAddFollows[] =
    "insert into follow_counts (user_id, subscriptions, subscribers) values ($1, $2, $3) on conflict (user_id) "
    "do update set subscriptions = follow_counts.subscriptions + excluded.subscriptions, "
    "subscribers = follow_counts.subscribers + excluded.subscribers";
constexpr char kRename[] =
    "update profiles set username = $2, username_key = $3, version = version + 1 where user_id = $1";
constexpr char kSetBanned[] = "update profiles set is_banned = $2, version = version + 1 where user_id = $1";
constexpr char kUpdate[] =
    "update profiles set first_name = $2, last_name = $3, full_name = $4, gender = $5, birthday = $6, phone = $7, bio "
    "= $8, "
    "is_filled = $9, updated_at = $10, deleted_at = $11, avatar_id = $12, version = version + 1 where user_id = $1";

constexpr std::pair<Gender, std::string_view> kGenders[] = {
    {Gender::male, "male"}, {Gender::female, "female"}, {Gender::other, "other"}};

std::optional<std::string_view> to_text(const std::optional<Gender>& gender) {
    for (const auto& [value, text] : kGenders) {
        if (gender == value) return text;
    }
    return std::nullopt;
}

std::optional<Gender> to_gender(const std::optional<std::string>& text) {
    for (const auto& [value, name] : kGenders) {
        if (text == name) return value;
    }
    return std::nullopt;
}

std::optional<Time> to_time(const std::optional<std::int64_t>& milliseconds) {
    return milliseconds ? std::optional(gatehouse::from_unix_ms(*milliseconds)) : std::nullopt;
}

Profile to_profile(const gatehouse::Row& row) {
    using Text = std::optional<std::string>;
    Profile profile;
    profile.id = row.get<std::int64_t>("user_id");
    profile.username = row.get<std::string>("username");
    profile.first_name = row.get<Text>("first_name");
    profile.last_name = row.get<Text>("last_name");
    profile.full_name = row.get<Text>("full_name");
    profile.gender = to_gender(row.get<Text>("gender"));
    if (const auto birthday = row.get<Text>("birthday")) profile.birthday = gatehouse::parse_iso_date(*birthday);
    profile.phone = row.get<Text>("phone");
    profile.bio = row.get<Text>("bio");
    profile.is_filled = row.get<bool>("is_filled");
    profile.version = row.get<std::int64_t>("version");
    profile.created_at = gatehouse::from_unix_ms(row.get<std::int64_t>("created_at"));
    profile.updated_at = gatehouse::from_unix_ms(row.get<std::int64_t>("updated_at"));
    profile.deleted_at = to_time(row.get<std::optional<std::int64_t>>("deleted_at"));
    profile.is_banned = row.get<bool>("is_banned");
    profile.avatar_id = row.get<Text>("avatar_id");
    // Below zero while the end of a subscription has come before its beginning.
    profile.subscriptions = std::max<std::int64_t>(0, row.get<std::int64_t>("subscriptions"));
    profile.subscribers = std::max<std::int64_t>(0, row.get<std::int64_t>("subscribers"));
    complete(profile);
    return profile;
}

}  // namespace

std::string to_key(std::string_view username) {
    std::string key(username);
    std::transform(key.begin(), key.end(), key.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return key;
}

void insert_if_absent(Transaction& tx, std::int64_t user_id, std::string_view username, Time now,
                      const std::optional<std::string>& full_name) {
    tx.execute(kInsert, user_id, username, to_key(username), gatehouse::to_unix_ms(now), full_name);
}

std::optional<Profile> find(Transaction& tx, std::int64_t user_id) {
    return tx.query(kFind, user_id).maybe<Profile>(to_profile);
}

// SQLite has one writer at a time, and no such clause.
std::optional<Profile> lock(Transaction& tx, std::int64_t user_id) {
    return tx.query(tx.engine() == gatehouse::Engine::postgresql ? kLock : kFind, user_id).maybe<Profile>(to_profile);
}

std::vector<Profile> find_all(Transaction& tx, const std::vector<std::int64_t>& user_ids) {
    if (user_ids.empty()) return {};
    std::string sql = "select " PROFILE_COLUMNS " from " PROFILES " where profiles.user_id in (";
    std::vector<gatehouse::Parameter> parameters;
    for (const std::int64_t id : user_ids) {
        parameters.emplace_back(id);
        sql.append(parameters.size() == 1 ? "$" : ", $").append(std::to_string(parameters.size()));
    }
    return tx.run(sql + ")", parameters).rows.all<Profile>(to_profile);
}

std::vector<Profile> find_by_prefix(Transaction& tx, std::string_view prefix, const std::optional<Position>& after,
                                    int limit) {
    const std::string end = std::string(prefix) + "\x7f";  // user names are ASCII
    const auto [last_key, last_id] = after.value_or(Position{"", 0});
    return tx.query(kByPrefix, prefix, end, last_key, last_id, limit).all<Profile>(to_profile);
}

void add_follows(Transaction& tx, std::int64_t user_id, int subscriptions, int subscribers) {
    tx.execute(kAddFollows, user_id, subscriptions, subscribers);
}

void rename(Transaction& tx, std::int64_t user_id, std::string_view username) {
    tx.execute(kRename, user_id, username, to_key(username));
}

void set_banned(Transaction& tx, std::int64_t user_id, bool is_banned) { tx.execute(kSetBanned, user_id, is_banned); }

void update(Transaction& tx, const Profile& profile) {
    const auto birthday = profile.birthday ? std::optional(gatehouse::to_iso_date(*profile.birthday)) : std::nullopt;
    const auto deleted_at =
        profile.deleted_at ? std::optional(gatehouse::to_unix_ms(*profile.deleted_at)) : std::nullopt;
    tx.execute(kUpdate, profile.id, profile.first_name, profile.last_name, profile.full_name, to_text(profile.gender),
               birthday, profile.phone, profile.bio, profile.is_filled, gatehouse::to_unix_ms(profile.updated_at),
               deleted_at, profile.avatar_id);
}

}  // namespace users::profiles
