#include "gateway/cli/running_plugins.hpp"

#include <CLI/App.hpp>
#include <boost/json.hpp>
#include <functional>
#include <iomanip>
#include <iostream>
#include <memory>

#include "gateway/cli/admin_client.hpp"
#include "gateway/cli/help.hpp"
#include "gateway/cli/program.hpp"
#include "gateway/cli/terminal.hpp"

namespace gatehouse::cli {

namespace {

namespace json = boost::json;

struct Options {
    AdminOptions admin;
    std::string service;
    bool json = false;
};

std::string text(const json::object& object, std::string_view key) {
    const json::value* const value = object.if_contains(key);
    if (value == nullptr) return {};
    return value->is_string() ? std::string(value->get_string()) : json::serialize(*value);
}

void print_list(const json::object& answer) {
    const auto print_row = [](const std::string& service, const std::string& home, const std::string& generation,
                              const std::string& state, const std::string& version, const std::string& in_flight,
                              const std::string& build) {
        std::cout << std::left << std::setw(16) << service << std::setw(8) << home << std::setw(12) << generation
                  << std::setw(10) << state << std::setw(10) << version << std::setw(12) << in_flight << build << "\n";
    };
    print_row("SERVICE", "HOME", "GENERATION", "STATE", "VERSION", "IN FLIGHT", "BUILD");
    for (const json::value& each : answer.at("plugins").as_array()) {
        const json::object& plugin = each.as_object();
        print_row(text(plugin, "service"), "plugin", text(plugin, "generation"), text(plugin, "state"),
                  text(plugin, "version"), text(plugin, "in_flight"), text(plugin, "build_id").substr(0, 16));
    }
    for (const json::value& each : answer.at("children").as_array()) {
        const json::object& child = each.as_object();
        const std::string why = text(child, "moved_because");
        print_row(text(child, "service"), "spawn", "-", text(child, "state"), text(child, "version"), "-",
                  text(child, "build_id").substr(0, 16) + (why.empty() ? "" : "  " + why));
    }
}

void print_change(const json::object& answer) {
    if (text(answer, "result") != "switched") {
        std::cout << text(answer, "service") << ": refused at " << text(answer, "phase") << ": "
                  << text(answer, "reason") << "\nThe generation before serves on.\n";
        return;
    }
    std::cout << text(answer, "service") << ": generation " << text(answer, "generation") << " serves in place of "
              << text(answer, "previous") << "\n";
    for (const auto& [phase, microseconds] : answer.at("phases_us").as_object()) {
        std::cout << "  " << std::left << std::setw(9) << std::string(phase) << std::right << std::setw(9)
                  << json::serialize(microseconds) << " us\n";
    }
    for (const json::value& route : answer.at("routes_added").as_array()) {
        std::cout << "  new route      " << route.as_string().c_str() << "\n";
    }
    for (const json::value& route : answer.at("routes_removed").as_array()) {
        std::cout << "  route is gone  " << route.as_string().c_str() << "\n";
    }
}

void print_why_alive(const json::object& answer) {
    for (const json::value& each : answer.at("generations").as_array()) {
        const json::object& generation = each.as_object();
        std::cout << "generation " << text(generation, "generation") << ", " << text(generation, "version") << ", "
                  << text(generation, "state") << " for " << std::stoull(text(generation, "age_ms")) / 1000 << " s\n";
        for (const json::value& what : generation.at("holding").as_array()) {
            std::cout << "  " << what.as_string().c_str() << "\n";
        }
    }
}

// A reload may wait for others, and for a canary's trial.
constexpr std::chrono::minutes kReloadTimeout{15};

// 0 done, 1 refused by the gateway, 2 not asked.
int ask(const Options& options, const std::string& method, const std::string& path,
        const std::function<void(const json::object&)>& print) {
    const auto client = AdminClient::find(options.admin);
    if (!client) return kRefused;
    const auto answer = client->ask(method, path, {}, method == "POST" ? kReloadTimeout : AdminClient::kTimeout);
    if (!answer) {
        complain(answer.error().message + "; does the gateway run, and is this its admin listener?");
        return kFailed;
    }
    boost::system::error_code bad;
    const json::value parsed = json::parse(answer->body, bad);
    if (bad || !parsed.is_object()) {
        complain("the admin listener answered " + std::to_string(answer->status) + " without JSON");
        return kFailed;
    }
    const json::object& object = parsed.get_object();
    if (object.contains("title")) {  // problem+json
        complain(text(object, "detail").empty() ? text(object, "title") : text(object, "detail"));
    } else if (options.json) {
        std::cout << answer->body << "\n";
    } else {
        print(object);
    }
    return answer->status == 200 ? kDone : kFailed;
}

}  // namespace

void add_running_plugins(CLI::App& plugins, int& status) {
    const auto options = std::make_shared<Options>();
    const auto add = [&](const char* name, const char* about, const std::string& examples) {
        CLI::App* command = plugins.add_subcommand(name, about);
        set_examples(*command, examples);
        add_admin_options(*command, options->admin);
        command->add_flag("--json", options->json, "print JSON");
        return command;
    };
    add("list", "what is loaded into a running gateway", "  gatehouse plugins list\n")->callback([options, &status] {
        status = ask(*options, "GET", "/plugins", print_list);
    });

    const auto add_for_service = [&](const char* name, const char* about, const std::string& examples,
                                     const char* method, void (*print)(const json::object&)) {
        CLI::App* command = add(name, about, examples);
        command->add_option("SERVICE", options->service, "name in routes.yaml")->required();
        command->callback([options, &status, name = std::string(name), method, print] {
            status = ask(*options, method, "/plugins/" + options->service + "/" + name, print);
        });
    };
    add_for_service("reload", "replace the code of a service while it serves",
                    "  mv posts.so.new build/release/plugins/posts.so\n"
                    "  gatehouse plugins reload posts\n"
                    "\n"
                    "Exit status: 1 if the new file was refused; the old one then serves on, untouched.",
                    "POST", print_change);
    add_for_service("rollback", "go back to the generation before",
                    "  gatehouse plugins rollback posts\n"
                    "\n"
                    "At once while that one is kept warm (gateway.plugins.observe), else by loading its kept file.",
                    "POST", print_change);
    add_for_service("why-alive", "say what keeps replaced generations from ending",
                    "  gatehouse plugins why-alive posts\n", "GET", print_why_alive);
}

}  // namespace gatehouse::cli
