#include <CLI/App.hpp>
#include <iostream>
#include <memory>
#include <vector>

#include "gateway/cli/commands.hpp"
#include "gateway/cli/help.hpp"
#include "gateway/cli/program.hpp"
#include "gateway/cli/running_plugins.hpp"
#include "gateway/config/json_writer.hpp"
#include "gateway/host/elf_lint.hpp"

namespace gatehouse::cli {

namespace {

struct Options {
    std::vector<std::string> files;
    bool json = false;
};

void print_text(const std::string& file, const Result<host::PluginFile>& checked) {
    if (!checked) {
        std::cout << file << ": refused: " << checked.error().message << "\n";
        return;
    }
    std::cout << file << ": ok, " << checked->id << " " << checked->version << ", ABI " << checked->abi_major << "."
              << checked->abi_minor << ", " << checked->sdk << ", build " << checked->build_id << "\n";
}

void write_json(config::JsonWriter& json, const std::string& file, const Result<host::PluginFile>& checked) {
    json.begin_object();
    json.key("file").string(file);
    json.key("ok").boolean(static_cast<bool>(checked));
    if (checked) {
        json.key("id").string(checked->id);
        json.key("version").string(checked->version);
        json.key("abi").string(std::to_string(checked->abi_major) + "." + std::to_string(checked->abi_minor));
        json.key("sdk").string(checked->sdk);
        json.key("build_id").string(checked->build_id);
        json.key("toolchain").string(checked->toolchain);
        json.key("needed").strings(checked->needed);
    } else {
        json.key("error").string(checked.error().message);
    }
    json.end_object();
}

int check(const Options& options) {
    config::JsonWriter json;
    json.begin_array();
    bool is_fine = true;
    for (const std::string& file : options.files) {
        const auto checked = host::lint_plugin(file);
        is_fine = is_fine && static_cast<bool>(checked);
        if (options.json) {
            write_json(json, file, checked);
        } else {
            print_text(file, checked);
        }
    }
    json.end_array();
    if (options.json) std::cout << json.take() << "\n";
    return is_fine ? kDone : kFailed;
}

}  // namespace

void add_plugins(CLI::App& program, int& status) {
    const auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("plugins", "look at plugin files, and at those of a running gateway");
    set_examples(*command,
                 "  gatehouse plugins check build/release/plugins/*.so\n"
                 "  gatehouse plugins check posts.so --json | jq '.[].id'\n"
                 "  gatehouse plugins list\n"
                 "  gatehouse plugins reload posts\n");
    command->require_subcommand(1);
    CLI::App* checks = command->add_subcommand("check", "say whether the host would load a file, and if not, why");
    set_examples(*checks,
                 "  gatehouse plugins check build/release/plugins/*.so\n"
                 "\n"
                 "Reads the files without running anything in them. Exit status: 1 if one would be refused.");
    checks->add_option("FILE", options->files, "plugin files")->required();
    checks->add_flag("--json", options->json, "print JSON");
    add_running_plugins(*command, status);
    checks->callback([options, &status] { status = check(*options); });
}

}  // namespace gatehouse::cli
