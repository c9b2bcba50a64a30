#pragma once

#include <optional>
#include <string>

#include "gateway/config/model.hpp"

namespace CLI {
class App;
}

namespace gatehouse::cli {

inline constexpr char kDefaultFile[] = "routes.yaml";

// Adds the positional FILE or the option --config FILE.
void add_file_argument(CLI::App& command, std::string& file);
void add_file_option(CLI::App& command, std::string& file);

// Loads the file; if it has errors, prints them to stderr and returns nothing: the exit status is then kRefused.
std::optional<config::Configuration> load_or_complain(const std::string& file);

}  // namespace gatehouse::cli
