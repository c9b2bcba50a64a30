#include <CLI/App.hpp>
#include <iostream>
#include <memory>

#include "gateway/cli/commands.hpp"
#include "gateway/cli/configuration.hpp"
#include "gateway/cli/help.hpp"
#include "gateway/cli/offline_host.hpp"
#include "gateway/cli/plugin_files.hpp"
#include "gateway/cli/program.hpp"
#include "gateway/cli/selection.hpp"
#include "gateway/cli/terminal.hpp"
#include "gateway/config/json_writer.hpp"

namespace gatehouse::cli {

namespace {

struct Options {
    std::string file;
    std::string service;
    std::string plugins;
};

int print(const Options& options) {
    const auto configuration = load_or_complain(options.file);
    if (!configuration) return kRefused;
    const auto services = select_plugin_services(*configuration, options.service);
    if (!services) return kRefused;
    OfflineHost host(plugin_directory(options.plugins));
    config::JsonWriter all;
    all.begin_object();
    for (const config::Service* service : *services) {
        auto generation = host.load(*service);
        if (!generation) {
            complain(generation.error().message);
            return kFailed;
        }
        const std::string& document = (*generation)->openapi();
        if (document.empty()) {
            tell("service " + service->name + ": the plugin has no OpenAPI document");
            if (!options.service.empty()) return kFailed;
        } else if (!options.service.empty()) {
            std::cout << document << "\n";
        } else {
            all.key(service->name).raw(document);
        }
    }
    all.end_object();
    if (options.service.empty()) std::cout << all.take() << "\n";
    return kDone;
}

}  // namespace

void add_openapi(CLI::App& program, int& status) {
    const auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("openapi", "print the OpenAPI document of a service");
    set_examples(*command,
                 "  gatehouse openapi posts > posts.openapi.json\n"
                 "  gatehouse openapi | jq 'map_values(.paths | keys)'\n"
                 "\n"
                 "Prints the OpenAPI 3.1 document of one service, or an object with those of all, by name.");
    command->add_option("SERVICE", options->service, "one service (all that are plugins)");
    add_file_option(*command, options->file);
    add_plugins_option(*command, options->plugins);
    command->callback([options, &status] { status = print(*options); });
}

}  // namespace gatehouse::cli
