#include <CLI/App.hpp>
#include <algorithm>
#include <array>
#include <iostream>
#include <memory>
#include <vector>

#include "gateway/cli/commands.hpp"
#include "gateway/cli/configuration.hpp"
#include "gateway/cli/help.hpp"
#include "gateway/cli/program.hpp"
#include "gateway/config/json_writer.hpp"

namespace gatehouse::cli {

namespace {

struct Options {
    std::string file;
    bool json = false;
};

using Row = std::array<std::string, 6>;

std::string join(const std::vector<std::string>& words, std::string_view separator) {
    std::string text;
    for (const std::string& word : words) text.append(text.empty() ? "" : separator).append(word);
    return text;
}

std::string auth_of(const config::Effective& effective) {
    if (effective.authenticator.empty()) return "-";
    return effective.authenticator + (effective.auth_optional ? "?" : "");
}

std::string target_of(const config::Route& route) {
    if (route.redirect) return std::to_string(route.redirect->status) + " " + route.redirect->to;
    return route.to + (route.rewrite.empty() ? "" : " as " + route.rewrite);
}

void print_table(const std::vector<config::Route>& routes) {
    std::vector<Row> rows = {{"METHODS", "HOST", "PATH", "TO", "AUTH", "POLICIES"}};
    for (const config::Route& route : routes) {
        rows.push_back({route.methods.empty() ? "*" : join(route.methods, ","), route.host.empty() ? "*" : route.host,
                        route.path, target_of(route), auth_of(route.effective), join(route.use, ",")});
    }
    std::array<std::size_t, 6> widths{};
    for (const Row& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    for (const Row& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += row[i];
            if (i + 1 < row.size()) line.append(widths[i] - row[i].size() + 2, ' ');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        std::cout << line << "\n";
    }
}

void print_json(const std::vector<config::Route>& routes) {
    config::JsonWriter json;
    json.begin_array();
    for (const config::Route& route : routes) {
        json.begin_object();
        json.key("name").string(route.name);
        json.key("methods").strings(route.methods);
        json.key("host").string(route.host);
        json.key("path").string(route.path);
        json.key("to").string(route.to);
        if (route.redirect) {
            json.key("redirect").begin_object();
            json.key("to").string(route.redirect->to);
            json.key("status").number(route.redirect->status);
            json.end_object();
        }
        json.key("rewrite").string(route.rewrite);
        json.key("auth").string(route.effective.authenticator);
        json.key("auth_optional").boolean(route.effective.auth_optional);
        json.key("roles").strings(route.effective.require_roles);
        json.key("policies").strings(route.use);
        json.key("line").number(route.position.line);
        json.end_object();
    }
    json.end_array();
    std::cout << json.take() << "\n";
}

int list_routes(const Options& options) {
    const auto configuration = load_or_complain(options.file);
    if (!configuration) return kRefused;
    if (options.json) {
        print_json(configuration->routes);
    } else {
        print_table(configuration->routes);
    }
    return kDone;
}

}  // namespace

void add_routes(CLI::App& program, int& status) {
    const auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("routes", "list the routes");
    set_examples(*command,
                 "  gatehouse routes\n"
                 "  gatehouse routes --json | jq '.[] | select(.auth == \"\") | .path'\n"
                 "\n"
                 "Lists the routes in the order of the file; AUTH with ? is optional.");
    add_file_argument(*command, options->file);
    command->add_flag("--json", options->json, "print JSON");
    command->callback([options, &status] { status = list_routes(*options); });
}

}  // namespace gatehouse::cli
