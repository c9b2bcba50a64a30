// What `gatehouse seed` has this service write: accounts, all with one password.
#pragma once

#include <string>
#include <vector>

#include "plugins/auth/password_hasher.hpp"
#include "sdk/seed/seeder.hpp"

namespace auth::seeding {

[[nodiscard]] bool is_empty(gatehouse::Transaction& tx);
// REQUIRES: the database outlives them
[[nodiscard]] std::vector<gatehouse::seed::Part> parts(gatehouse::Database& database);
// Of the password of all. Throws gatehouse::Invalid for one with which nobody could register.
[[nodiscard]] std::string hash(PasswordHasher& hasher, const std::string& password);

}  // namespace auth::seeding
