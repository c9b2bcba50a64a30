#include <CLI/App.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <vector>

#include "gateway/base/ascii.hpp"
#include "gateway/cli/commands.hpp"
#include "gateway/cli/configuration.hpp"
#include "gateway/cli/help.hpp"
#include "gateway/cli/program.hpp"
#include "gateway/cli/terminal.hpp"
#include "gateway/config/effective.hpp"
#include "gateway/config/json_writer.hpp"
#include "gateway/http/target.hpp"
#include "gateway/routing/explain.hpp"

namespace gatehouse::cli {

namespace {

struct Options {
    std::string file;
    std::string method;
    std::string path;
    std::string host;
    std::vector<std::string> headers;
    bool json = false;
};

// What the gateway makes of the request before it looks for a route.
struct Request {
    std::string path;
    std::string host;
    std::vector<std::string> removed;  // identity headers that the client sent
};

std::optional<Request> read_request(const Options& options, const config::Configuration& configuration) {
    Request request;
    request.host = ascii::lower(options.host);
    for (const std::string& header : options.headers) {
        const std::size_t colon = header.find(':');
        if (colon == std::string::npos) {
            complain("a header is written 'Name: value', not '" + header + "'");
            return std::nullopt;
        }
        const std::string name = header.substr(0, colon);
        const std::vector<std::string>& identity = configuration.gateway.identity_headers;
        if (std::any_of(identity.begin(), identity.end(),
                        [&](const std::string& reserved) { return ascii::header_names_fold_equal(reserved, name); })) {
            request.removed.push_back(name);
        }
        if (ascii::iequals(name, "host") && request.host.empty()) {
            const std::size_t begin = std::min(header.find_first_not_of(" \t", colon + 1), header.size());
            request.host = ascii::lower(header.substr(begin));
        }
    }
    request.path = options.path.substr(0, options.path.find_first_of("?#"));
    if (!request.path.starts_with('/')) {
        complain("a path begins with /");
        return std::nullopt;
    }
    const auto length = http::normalize_path(request.path);
    if (!length) {
        complain("the gateway refuses this path with 400, before it looks for a route");
        return std::nullopt;
    }
    request.path.resize(*length);
    return request;
}

std::string place(const config::Configuration& configuration, const config::Route& route) {
    return configuration.file + ":" + std::to_string(route.position.line);
}

std::string spell(const config::Route& route) {
    std::string methods;
    for (const std::string& method : route.methods) methods += (methods.empty() ? "" : ",") + method;
    return (methods.empty() ? "*" : methods) + " " + route.host + route.path;
}

void print_winner(const config::Configuration& configuration, const routing::Match& match) {
    const config::Route& route = *match.route;
    std::cout << "winner: " << spell(route) << "  (" << place(configuration, route) << ")\n";
    if (route.redirect) {
        std::cout << "  redirect: " << route.redirect->status << " to " << route.redirect->to << "\n";
    } else {
        std::cout << "  to: " << route.to << (route.rewrite.empty() ? "" : ", as " + route.rewrite) << "\n";
    }
    std::string policies;
    for (const std::string& policy : route.use) policies += (policies.empty() ? "" : ", ") + policy;
    std::cout << "  policies: " << (policies.empty() ? "none" : policies) << "\n";
    for (const std::string& line : config::describe(route.effective, configuration)) std::cout << "  " << line << "\n";
}

void print_text(const config::Configuration& configuration, const Request& request, const Options& options,
                const routing::RouteTable& table, const routing::Explanation& explanation) {
    std::cout << options.method << " " << request.path << (request.host.empty() ? "" : " at " + request.host) << "\n";
    for (const std::string& name : request.removed) std::cout << name << ": removed, only the gateway may write it\n";
    std::cout << "\n";
    switch (explanation.match.result) {
        case routing::MatchResult::found: print_winner(configuration, explanation.match); break;
        case routing::MatchResult::no_route: std::cout << "404: no route has this path\n"; break;
        case routing::MatchResult::method_not_allowed:
            std::cout << "405: allowed are " << table.allowed_methods(request.host, request.path) << "\n";
            break;
    }
    if (!explanation.losers.empty()) std::cout << "\nnot chosen:\n";
    for (const routing::Loser& loser : explanation.losers) {
        std::cout << "  " << spell(*loser.route) << "  (" << place(configuration, *loser.route) << ")\n    "
                  << loser.reason << "\n";
    }
}

void write_route(config::JsonWriter& json, const config::Route& route) {
    json.key("name").string(route.name);
    json.key("methods").strings(route.methods);
    json.key("host").string(route.host);
    json.key("path").string(route.path);
    json.key("to").string(route.to);
    json.key("line").number(route.position.line);
}

void print_json(const config::Configuration& configuration, const Request& request, const Options& options,
                const routing::Explanation& explanation) {
    config::JsonWriter json;
    json.begin_object();
    json.key("method").string(options.method);
    json.key("path").string(request.path);
    json.key("host").string(request.host);
    json.key("removed_headers").strings(request.removed);
    json.key("status").number(explanation.match.result == routing::MatchResult::found      ? 200
                              : explanation.match.result == routing::MatchResult::no_route ? 404
                                                                                           : 405);
    json.key("winner");
    if (const config::Route* route = explanation.match.route) {
        json.begin_object();
        write_route(json, *route);
        json.key("rest").string(explanation.match.rest);
        json.key("policies").strings(route->use);
        json.key("in_force").strings(config::describe(route->effective, configuration));
        json.end_object();
    } else {
        json.null();
    }
    json.key("losers").begin_array();
    for (const routing::Loser& loser : explanation.losers) {
        json.begin_object();
        write_route(json, *loser.route);
        json.key("reason").string(loser.reason);
        json.end_object();
    }
    json.end_array().end_object();
    std::cout << json.take() << "\n";
}

int explain(const Options& options) {
    const auto configuration = load_or_complain(options.file);
    if (!configuration) return kRefused;
    const auto request = read_request(options, *configuration);
    if (!request) return kRefused;
    const routing::RouteTable table(configuration->routes);
    const auto explanation = routing::explain(table, options.method, request->host, request->path);
    if (options.json) {
        print_json(*configuration, *request, options, explanation);
    } else {
        print_text(*configuration, *request, options, table, explanation);
    }
    return explanation.match.result == routing::MatchResult::found ? kDone : kFailed;
}

}  // namespace

void add_explain(CLI::App& program, int& status) {
    const auto options = std::make_shared<Options>();
    CLI::App* command = program.add_subcommand("explain", "say which route a request takes, and why");
    set_examples(
        *command,
        "  gatehouse explain GET /api/users/7\n"
        "  gatehouse explain POST /v2/orders --host partner.example.com\n"
        "  gatehouse explain GET /api/posts -H 'X-User-ID: 1' --json\n"
        "\n"
        "Names the winner, the policies in force, and the losers with the reason. Exit status: 1 if no route matches.");
    command->add_option("METHOD", options->method, "as in the request: GET")->required();
    command->add_option("PATH", options->path, "as in the request; a query is ignored")->required();
    command->add_option("-H,--header", options->headers, "a field of the request, 'Name: value'")
        ->type_name("HEADER")
        ->allow_extra_args(false);
    command->add_option("--host", options->host, "what Host says")->type_name("HOST");
    add_file_option(*command, options->file);
    command->add_flag("--json", options->json, "print JSON");
    command->callback([options, &status] { status = explain(*options); });
}

}  // namespace gatehouse::cli
