#pragma once

#include <string>

namespace gatehouse::cli {

// "0.1.0"
std::string program_version();

}  // namespace gatehouse::cli
