// What `gatehouse seed` has this service write: who can be told, what they were told in the last half year of the plan,
// and which posts are public. No mail, and nothing for webhooks.
#pragma once

#include <vector>

#include <gatehouse/context.hpp>

#include "sdk/seed/seeder.hpp"

namespace notify::seeding {

[[nodiscard]] bool is_empty(gatehouse::Transaction& tx);
// REQUIRES: both outlive them
[[nodiscard]] std::vector<gatehouse::seed::Part> parts(const gatehouse::Context& context,
                                                       gatehouse::Database& database);

}  // namespace notify::seeding
