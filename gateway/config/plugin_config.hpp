#pragma once

#include <string>

#include "gateway/config/load.hpp"

namespace gatehouse::config {

// A plugin's own configuration outside of routes.yaml, for `gatehouse serve`: YAML or JSON, references replaced, the
// database filled in from `storage` as storage.default would be.
struct LoadedPluginConfig {
    std::string json;
    Loaded report;  // only its diagnostics and source are of use
};

LoadedPluginConfig load_plugin_config(std::string text, std::string file_name, const std::string& base_directory,
                                      const std::string& service, const std::string& storage);

}  // namespace gatehouse::config
