#include <CLI/App.hpp>
#include <iostream>
#include <memory>

#include "gateway/cli/commands.hpp"
#include "gateway/cli/configuration.hpp"
#include "gateway/cli/help.hpp"
#include "gateway/cli/program.hpp"
#include "gateway/config/effective.hpp"

namespace gatehouse::cli {

namespace {

struct Options {
    std::string file;
    bool effective = false;
};

int print(const Options& options) {
    const auto configuration = load_or_complain(options.file);
    if (!configuration) return kRefused;
    std::cout << config::print_effective(*configuration);
    return kDone;
}

}  // namespace

void add_config(CLI::App& program, int& status) {
    const auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("config", "print the configuration as it is in force");
    set_examples(*command,
                 "  gatehouse config --effective\n"
                 "  gatehouse config --effective staging.yaml | diff - <(gatehouse config --effective)\n"
                 "\n"
                 "Prints every default, and for every route what its policies come to. Secrets are not shown.");
    add_file_argument(*command, options->file);
    command->add_flag("--effective", options->effective, "with every default")->required();
    command->callback([options, &status] { status = print(*options); });
}

}  // namespace gatehouse::cli
