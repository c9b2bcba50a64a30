#include "gateway/cli/configuration.hpp"

#include <CLI/App.hpp>
#include <iostream>

#include "gateway/cli/terminal.hpp"
#include "gateway/config/load.hpp"

namespace gatehouse::cli {

void add_file_argument(CLI::App& command, std::string& file) {
    file = kDefaultFile;
    command.add_option("FILE", file, "configuration (routes.yaml)");
}

void add_file_option(CLI::App& command, std::string& file) {
    file = kDefaultFile;
    command.add_option("-c,--config", file, "configuration (routes.yaml)")->type_name("FILE");
}

std::optional<config::Configuration> load_or_complain(const std::string& file) {
    config::Loaded loaded = config::load_file(file);
    if (loaded) return std::move(loaded.configuration);
    std::cerr << config::format_diagnostics(loaded) << "\n";
    const std::size_t count = loaded.diagnostics.size() + loaded.omitted;
    complain(file + " has " + std::to_string(count) + (count == 1 ? " error" : " errors") + "; nothing was done");
    return std::nullopt;
}

}  // namespace gatehouse::cli
