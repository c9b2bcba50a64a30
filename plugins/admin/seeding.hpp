// What `gatehouse seed` has this service write: reports, and the rows of the audit log about what became of them.
#pragma once

#include <vector>

#include "sdk/seed/seeder.hpp"

namespace admin::seeding {

[[nodiscard]] bool is_empty(gatehouse::Transaction& tx);
// REQUIRES: the database outlives them
[[nodiscard]] std::vector<gatehouse::seed::Part> parts(gatehouse::Database& database);

}  // namespace admin::seeding
