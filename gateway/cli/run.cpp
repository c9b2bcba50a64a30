#include <CLI/App.hpp>
#include <memory>

#include "gateway/app.hpp"
#include "gateway/cli/commands.hpp"
#include "gateway/cli/configuration.hpp"
#include "gateway/cli/help.hpp"
#include "gateway/cli/plugin_files.hpp"
#include "gateway/cli/program.hpp"
#include "gateway/cli/terminal.hpp"
#include "gateway/cli/welcome.hpp"

namespace gatehouse::cli {

namespace {

struct Options {
    std::string file;
    std::string ready_file;
    std::string plugins;
};

int run(const Options& options) {
    auto configuration = load_or_complain(options.file);
    if (!configuration) return kRefused;
    AppOptions app_options;
    app_options.config_file = options.file;
    app_options.plugin_directory = plugin_directory(options.plugins);
    app_options.runtime_directory = runtime_directory();
    app_options.ready_file = options.ready_file;
    App app(*configuration, app_options);
    auto error = app.load();
    if (!error) error = app.start_plugins();
    if (!error) error = app.listen();
    if (error) {
        complain(error->message);
        return kFailed;
    }
    tell(welcome(*configuration, app.addresses(), app.admin_address()));
    return app.run();
}

}  // namespace

void add_run(CLI::App& program, int& status) {
    const auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("run", "serve what a configuration describes");
    set_examples(*command,
                 "  gatehouse run\n"
                 "  gatehouse run staging.yaml --ready-file /run/gatehouse.ready\n"
                 "  kill -HUP $(pidof gatehouse)                 reload; an invalid file changes nothing\n"
                 "\n"
                 "Serves until SIGTERM or Ctrl-C, then finishes what is in flight; a second one stops at once.");
    add_file_argument(*command, options->file);
    command->add_option("--ready-file", options->ready_file, "written, as JSON, once everything serves")
        ->type_name("PATH");
    add_plugins_option(*command, options->plugins);
    command->callback([options, &status] { status = run(*options); });
}

}  // namespace gatehouse::cli
