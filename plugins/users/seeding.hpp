// What `gatehouse seed` has this service write: profiles, and how many follow whom.
#pragma once

#include <vector>

#include "sdk/seed/seeder.hpp"

namespace users::seeding {

[[nodiscard]] bool is_empty(gatehouse::Transaction& tx);
// REQUIRES: the database outlives them
[[nodiscard]] std::vector<gatehouse::seed::Part> parts(gatehouse::Database& database);

}  // namespace users::seeding
