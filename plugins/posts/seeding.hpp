// What `gatehouse seed` has this service write: posts with all that hangs on them, and the copy of who follows whom.
#pragma once

#include <vector>

#include "sdk/seed/seeder.hpp"

namespace posts::seeding {

[[nodiscard]] bool is_empty(gatehouse::Transaction& tx);
// REQUIRES: the database outlives them
[[nodiscard]] std::vector<gatehouse::seed::Part> parts(gatehouse::Database& database);

}  // namespace posts::seeding
