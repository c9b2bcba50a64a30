#pragma once

#include <filesystem>
#include <string>

namespace CLI {
class App;
}

namespace gatehouse::cli {

// Where NAME.so of plugin:NAME is: --plugins, else GATEHOUSE_PLUGINS, else beside the program (../plugins as it is
// built, ../lib/gatehouse/plugins as it is installed).
std::filesystem::path plugin_directory(const std::string& option);
void add_plugins_option(CLI::App& command, std::string& directory);

// Private copies of plugins go below this.
std::filesystem::path runtime_directory();

}  // namespace gatehouse::cli
