#include "gateway/cli/plugin_files.hpp"

#include <unistd.h>

#include <CLI/App.hpp>
#include <cstdlib>

namespace gatehouse::cli {

std::filesystem::path plugin_directory(const std::string& option) {
    if (!option.empty()) return option;
    const char* variable = std::getenv("GATEHOUSE_PLUGINS");
    if (variable != nullptr && *variable != '\0') return variable;
    std::error_code failure;
    const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", failure);
    const std::filesystem::path above = program.parent_path().parent_path();
    const std::filesystem::path installed = above / "lib" / "gatehouse" / "plugins";
    return std::filesystem::is_directory(installed, failure) ? installed : above / "plugins";
}

void add_plugins_option(CLI::App& command, std::string& directory) {
    command.add_option("--plugins", directory, "directory of the .so files (beside the program)")->type_name("DIR");
}

std::filesystem::path runtime_directory() {
    std::error_code failure;
    std::filesystem::path parent = std::filesystem::temp_directory_path(failure);
    if (failure) parent = "/tmp";
    return parent / ("gatehouse-" + std::to_string(::geteuid()));
}

}  // namespace gatehouse::cli
