// What `gatehouse seed` has this service write: who follows whom, and what can be in a feed.
#pragma once

#include <vector>

#include "sdk/seed/seeder.hpp"

namespace subscriptions::seeding {

[[nodiscard]] bool is_empty(gatehouse::Transaction& tx);
// REQUIRES: the database outlives them
[[nodiscard]] std::vector<gatehouse::seed::Part> parts(gatehouse::Database& database);

}  // namespace subscriptions::seeding
