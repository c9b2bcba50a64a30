#pragma once

#include <string>
#include <vector>

#include "gateway/config/model.hpp"

namespace gatehouse::config {

// The configuration in force as YAML: every default written out, every policy laid into its routes, secrets blotted
// out.
std::string print_effective(const Configuration& configuration);

// What applies to one route, a line each: "auth: session (optional)", "rate: 600/min, burst 100, by user (member)".
std::vector<std::string> describe(const Effective& effective, const Configuration& configuration);

}  // namespace gatehouse::config
