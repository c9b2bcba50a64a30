#pragma once

#include <string>
#include <vector>

#include "gateway/config/model.hpp"

namespace gatehouse::cli {

// The box at the start of `gatehouse run`: where it serves, what to paste first, where the data is, how to stop.
// addresses: as bound.
std::string welcome(const config::Configuration& configuration, const std::vector<std::string>& addresses,
                    const std::string& admin_address);

}  // namespace gatehouse::cli
