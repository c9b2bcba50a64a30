#include <CLI/App.hpp>
#include <iostream>
#include <memory>
#include <vector>

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

using Migrate = host::PluginHost::Migrate;

struct Options {
    std::string file;
    std::string service;
    std::string plugins;
    bool json = false;
};

void print_text(const std::string& service, const std::vector<host::PluginHost::Migration>& migrations) {
    if (migrations.empty()) std::cout << service << "  no migrations\n";
    for (const auto& migration : migrations) {
        std::cout << service << "  " << (migration.applied ? "applied" : "pending") << "  " << migration.name << "\n";
    }
}

void write_json(config::JsonWriter& json, const std::string& service,
                const std::vector<host::PluginHost::Migration>& migrations) {
    for (const auto& migration : migrations) {
        json.begin_object();
        json.key("service").string(service);
        json.key("name").string(migration.name);
        json.key("applied").boolean(migration.applied);
        json.end_object();
    }
}

int migrate(const Options& options, Migrate what) {
    const auto configuration = load_or_complain(options.file);
    if (!configuration) return kRefused;
    const auto services = select_plugin_services(*configuration, options.service);
    if (!services) return kRefused;
    OfflineHost host(plugin_directory(options.plugins));
    config::JsonWriter json;
    json.begin_array();
    int status = kDone;
    for (const config::Service* service : *services) {
        auto generation = host.load(*service);
        if (!generation) {
            complain(generation.error().message);
            status = kFailed;
            continue;
        }
        const auto migrations = host.plugins().migrations(**generation, what);
        if (!migrations) {
            complain("service " + service->name + ": " + migrations.error().message);
            status = kFailed;
        } else if (options.json) {
            write_json(json, service->name, *migrations);
        } else {
            print_text(service->name, *migrations);
        }
    }
    json.end_array();
    if (options.json) std::cout << json.take() << "\n";
    return status;
}

void add_kind(CLI::App& command, const char* name, const char* summary, Migrate what, int& status) {
    const auto options = std::make_shared<Options>();
    CLI::App* kind = command.add_subcommand(name, summary);
    set_examples(*kind, std::string("  gatehouse migrate ") + name + "\n  gatehouse migrate " + name +
                            " posts --config staging.yaml\n\n" + summary + ".");
    kind->add_option("SERVICE", options->service, "one service (all that are plugins)");
    add_file_option(*kind, options->file);
    add_plugins_option(*kind, options->plugins);
    kind->add_flag("--json", options->json, "print JSON");
    kind->callback([options, what, &status] { status = migrate(*options, what); });
}

}  // namespace

void add_migrate(CLI::App& program, int& status) {
    CLI::App* command = program.add_subcommand("migrate", "look at and bring up to date the services' databases");
    set_examples(*command,
                 "  gatehouse migrate status\n"
                 "  gatehouse migrate up\n"
                 "  gatehouse migrate up posts\n"
                 "\n"
                 "Services do the same by themselves when they start; this is for those who want it beforehand.");
    command->require_subcommand(1);
    add_kind(*command, "status", "list the migrations, applied and pending", Migrate::status, status);
    add_kind(*command, "up", "apply what is pending", Migrate::up, status);
}

}  // namespace gatehouse::cli
