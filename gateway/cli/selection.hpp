#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateway/config/model.hpp"

namespace gatehouse::cli {

// All services whose code is on this machine or that `gatehouse serve` runs elsewhere, or the one named, wherever it
// is. Complains and returns nothing if there is no such service.
std::optional<std::vector<const config::Service*>> select_services(const config::Configuration& configuration,
                                                                   const std::string& name);

// The services that run as plugins in this process: all, or the one named. Complains and returns nothing if there is no
// such service or it runs elsewhere.
std::optional<std::vector<const config::Service*>> select_plugin_services(const config::Configuration& configuration,
                                                                          const std::string& name);

}  // namespace gatehouse::cli
