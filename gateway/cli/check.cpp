#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <iostream>
#include <memory>

#include "gateway/cli/commands.hpp"
#include "gateway/cli/configuration.hpp"
#include "gateway/cli/help.hpp"
#include "gateway/cli/program.hpp"
#include "gateway/config/load.hpp"

namespace gatehouse::cli {

namespace {

struct Options {
    std::string file;
    std::string format = "text";
};

int check(const Options& options) {
    const config::Loaded loaded = config::load_file(options.file);
    if (options.format == "json") {
        std::cout << config::format_diagnostics_json(loaded);
    } else if (loaded) {
        const config::Configuration& configuration = loaded.configuration;
        std::cout << options.file << ": valid, " << configuration.routes.size() << " routes to "
                  << configuration.services.size() << " services\n";
    } else {
        const std::size_t count = loaded.diagnostics.size() + loaded.omitted;
        std::cout << config::format_diagnostics(loaded) << "\n" << count << (count == 1 ? " error" : " errors") << "\n";
    }
    return loaded ? kDone : kRefused;
}

}  // namespace

void add_check(CLI::App& program, int& status) {
    const auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("check", "find every mistake in a configuration");
    set_examples(*command,
                 "  gatehouse check\n"
                 "  gatehouse check staging.yaml --format json | jq '.errors[].message'\n"
                 "\n"
                 "Finds every mistake at once. Exit status: 0 valid, 2 with errors.");
    add_file_argument(*command, options->file);
    command->add_option("--format", options->format, "text or json (text)")->check(CLI::IsMember({"text", "json"}));
    command->callback([options, &status] { status = check(*options); });
}

}  // namespace gatehouse::cli
