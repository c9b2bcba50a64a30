#include "gateway/cli/program.hpp"

#include <CLI/App.hpp>
#include <algorithm>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "gateway/cli/commands.hpp"
#include "gateway/cli/help.hpp"
#include "gateway/cli/terminal.hpp"
#include "gateway/config/suggest.hpp"

namespace gatehouse::cli {

namespace {

constexpr char kExamples[] =
    "  gatehouse run                                  serve what routes.yaml describes\n"
    "  gatehouse check                                find every mistake in routes.yaml\n"
    "  gatehouse explain GET /api/posts/7             which route wins, and why\n"
    "  gatehouse serve posts.so --listen 0.0.0.0:9003 one service as a backend of its own\n"
    "  gatehouse user create --admin                  make the first administrator\n"
    "  gatehouse new service notes                    write a service that runs at once\n"
    "\n"
    "Gatehouse is a backend in one process that can become many by changing one word.\n"
    "Data goes to stdout, talk to stderr; NO_COLOR is respected.\n"
    "Exit status: 0 done, 1 failed, 2 bad usage or a configuration with errors.";

// A word where a command should be, that is none; empty if all is well.
std::string unknown_command(const CLI::App& program, const std::vector<std::string>& arguments) {
    if (arguments.empty() || arguments.front().starts_with('-')) return {};
    const auto commands = program.get_subcommands([](const CLI::App*) { return true; });
    const bool is_known = std::any_of(commands.begin(), commands.end(), [&](const CLI::App* command) {
        return command->get_name() == arguments.front();
    });
    return is_known ? "" : arguments.front();
}

int refuse_command(const CLI::App& program, const std::string& word) {
    std::vector<std::string> names;
    for (const CLI::App* command : program.get_subcommands([](const CLI::App*) { return true; })) {
        names.push_back(command->get_name());
    }
    complain("unknown command \"" + word + "\"");
    const std::string suggestion = config::did_you_mean(word, names);
    tell((suggestion.empty() ? "" : suggestion + " ") + "gatehouse --help lists them all");
    return kRefused;
}

}  // namespace

int run_program(int argc, char** argv) {
    int status = kDone;
    CLI::App program("Gatehouse", "gatehouse");
    program.formatter(examples_first());
    set_examples(program, kExamples);
    program.require_subcommand(1);
    for (const auto add : {add_run, add_serve, add_check, add_routes, add_explain, add_config, add_schema, add_plugins,
                           add_migrate, add_user, add_events, add_openapi, add_seed, add_new, add_version}) {
        add(program, status);
    }
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const std::string unknown = unknown_command(program, arguments);
    if (!unknown.empty()) return refuse_command(program, unknown);
    if (arguments.empty()) {
        std::cerr << program.help();
        return kRefused;
    }
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return program.exit(error, std::cout, std::cerr);
        complain(error.what());
        tell("gatehouse " + (arguments.empty() ? "" : arguments.front() + " ") + "--help shows how it is meant");
        return kRefused;
    } catch (const std::exception& error) {
        complain(error.what());
        return kFailed;
    }
    std::cout.flush();
    return std::cout ? status : static_cast<int>(kFailed);
}

}  // namespace gatehouse::cli
