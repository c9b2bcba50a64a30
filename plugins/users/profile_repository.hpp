// The table `profiles`: SQL and nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include <gatehouse/storage/transaction.hpp>

#include "plugins/users/profile.hpp"

namespace users::profiles {

using gatehouse::Transaction;

// Makes an unfilled one unless the user has one already, deleted or not.
void insert_if_absent(Transaction& tx, std::int64_t user_id, std::string_view username, Time now,
                      const std::optional<std::string>& full_name = std::nullopt);
[[nodiscard]] std::optional<Profile> find(Transaction& tx, std::int64_t user_id);
// Likewise, and nobody else changes it until the transaction ends.
[[nodiscard]] std::optional<Profile> lock(Transaction& tx, std::int64_t user_id);
// In no particular order; unknown ids are left out.
[[nodiscard]] std::vector<Profile> find_all(Transaction& tx, const std::vector<std::int64_t>& user_ids);
// The last profile of a page: its key in username order.
using Position = std::tuple<std::string, std::int64_t>;
// Profiles that are neither deleted nor banned, by user name; prefix: lower-case.
[[nodiscard]] std::vector<Profile> find_by_prefix(Transaction& tx, std::string_view prefix,
                                                  const std::optional<Position>& after, int limit);
// Adds to how many a user follows, and by how many they are followed; there need be no profile yet.
void add_follows(Transaction& tx, std::int64_t user_id, int subscriptions, int subscribers);
void rename(Transaction& tx, std::int64_t user_id, std::string_view username);
void set_banned(Transaction& tx, std::int64_t user_id, bool is_banned);
// Writes everything but id, user name, created_at and is_banned, and raises the version.
void update(Transaction& tx, const Profile& profile);

[[nodiscard]] std::string to_key(std::string_view username);

}  // namespace users::profiles
