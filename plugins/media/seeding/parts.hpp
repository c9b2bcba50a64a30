// What `gatehouse seed` has this service write: files for what there is to see, and a row for each picture of it.
#pragma once

#include <vector>

#include <gatehouse/context.hpp>

#include "plugins/media/store/store.hpp"
#include "sdk/seed/seeder.hpp"

namespace media::seeding {

[[nodiscard]] bool is_empty(gatehouse::Transaction& tx);
// REQUIRES: context, database and store outlive them
[[nodiscard]] std::vector<gatehouse::seed::Part> parts(const gatehouse::Context& context, gatehouse::Database& database,
                                                       Store& store);

}  // namespace media::seeding
