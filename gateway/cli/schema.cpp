#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <iostream>
#include <memory>

#include "gateway/cli/commands.hpp"
#include "gateway/cli/help.hpp"
#include "gateway/cli/program.hpp"
#include "gateway/config/json_schema.hpp"

namespace gatehouse::cli {

void add_schema(CLI::App& program, int& status) {
    const auto format = std::make_shared<std::string>("json");
    CLI::App* command = program.add_subcommand("schema", "print the schema of routes.yaml");
    set_examples(*command,
                 "  gatehouse schema > routes.schema.json    and in routes.yaml, for editors:\n"
                 "                                           # yaml-language-server: $schema=routes.schema.json\n"
                 "  gatehouse schema --format markdown       the reference, for people\n"
                 "\n"
                 "Prints the JSON Schema of the configuration.");
    command->add_option("--format", *format, "json or markdown (json)")->check(CLI::IsMember({"json", "markdown"}));
    command->callback([format, &status] {
        std::cout << (*format == "json" ? config::json_schema() : config::markdown_reference());
        status = kDone;
    });
}

}  // namespace gatehouse::cli
