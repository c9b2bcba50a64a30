#include "gateway/cli/version.hpp"

#include <gatehouse/abi.h>

#include <CLI/App.hpp>
#include <iostream>
#include <memory>

#include "gateway/cli/commands.hpp"
#include "gateway/cli/help.hpp"
#include "gateway/cli/program.hpp"
#include "gateway/config/json_writer.hpp"

namespace gatehouse::cli {

std::string program_version() { return GATEHOUSE_VERSION; }

namespace {

std::string abi_version() { return std::to_string(GH_ABI_MAJOR) + "." + std::to_string(GH_ABI_MINOR); }

void print_json() {
    config::JsonWriter json;
    json.begin_object();
    json.key("version").string(program_version());
    json.key("abi").string(abi_version());
    json.key("compiler").string(__VERSION__);
    json.end_object();
    std::cout << json.take() << "\n";
}

}  // namespace

void add_version(CLI::App& program, int& status) {
    const auto json = std::make_shared<bool>(false);
    CLI::App* command = program.add_subcommand("version", "print the version");
    set_examples(*command,
                 "  gatehouse version\n"
                 "  gatehouse version --json | jq -r .abi\n");
    command->add_flag("--json", *json, "print JSON");
    command->callback([json, &status] {
        if (*json) {
            print_json();
        } else {
            std::cout << "gatehouse " << program_version() << " (plugin ABI " << abi_version() << ")\n";
        }
        status = kDone;
    });
}

}  // namespace gatehouse::cli
