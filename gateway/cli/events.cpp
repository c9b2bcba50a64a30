#include <CLI/App.hpp>
#include <algorithm>
#include <boost/json.hpp>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "gateway/cli/admin_client.hpp"
#include "gateway/cli/commands.hpp"
#include "gateway/cli/configuration.hpp"
#include "gateway/cli/help.hpp"
#include "gateway/cli/plugin_files.hpp"
#include "gateway/cli/program.hpp"
#include "gateway/cli/selection.hpp"
#include "gateway/cli/service_commands.hpp"
#include "gateway/cli/terminal.hpp"

namespace gatehouse::cli {

namespace {

namespace json = boost::json;

struct Options {
    AdminOptions admin;
    std::string service;
    std::string plugins;
    bool json = false;
    // list, dead
    std::string state = "unsent";
    int limit = 100;
    // redrive
    std::vector<std::string> ids;
    bool all = false;
    std::string sent_within;
};

// What one service has answered.
struct Answer {
    std::string service;
    json::object content;
};

// A missing member is an empty text.
std::string text(const json::object& object, const char* name) {
    const json::value* const value = object.if_contains(name);
    if (value == nullptr || value->is_null()) return {};
    return value->is_string() ? std::string(value->get_string()) : json::serialize(*value);
}

const json::array& items(const json::object& answer) {
    static const json::array kNone;
    const json::value* const found = answer.if_contains("items");
    return found != nullptr && found->is_array() ? found->get_array() : kNone;
}

// The gateway of --admin, else that of the configuration; with an explicit one nobody else will do.
std::optional<ServiceCommands> find_services(const Options& options, const config::Configuration& configuration) {
    using enum ServiceCommands::Gateway;
    const bool is_explicit = !options.admin.url.empty();
    auto gateway = is_explicit ? AdminClient::find(options.admin) : AdminClient::of(configuration);
    if (is_explicit && !gateway) return std::nullopt;
    return std::optional<ServiceCommands>(std::in_place, std::move(gateway), is_explicit ? required : optional,
                                          plugin_directory(options.plugins));
}

// Of every service that has events; complains about the others. `status` becomes kFailed if one could not answer.
std::optional<std::vector<Answer>> ask_all(const Options& options, const std::string& command,
                                           const json::object& arguments, int& status) {
    const auto configuration = load_or_complain(options.admin.config);
    if (!configuration) return std::nullopt;
    const auto selected = select_services(*configuration, options.service);
    if (!selected) return std::nullopt;
    auto services = find_services(options, *configuration);
    if (!services) return std::nullopt;
    std::vector<Answer> answers;
    if (!services->problem().empty()) {
        complain(services->problem() + "; does the gateway run, and is this its admin listener?");
        status = kFailed;
        return answers;
    }
    for (const config::Service* service : *selected) {
        auto answer = services->run(*service, command, arguments);
        if (!answer) {
            complain(answer.error().message);
            status = kFailed;
        } else if (*answer) {
            answers.push_back({service->name, std::move(**answer)});
        } else if (!options.service.empty()) {
            complain("the service " + options.service + " neither publishes nor consumes events");
            status = kFailed;
        }
    }
    return answers;
}

void print_json(const std::vector<Answer>& answers) {
    json::array all;
    for (const Answer& answer : answers) {
        json::object one = {{"service", answer.service}};
        for (const auto& member : answer.content) one[member.key()] = member.value();
        all.push_back(std::move(one));
    }
    std::cout << json::serialize(all) << "\n";
}

void print_table(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += row[i];
            if (i + 1 < row.size()) line.append(widths[i] - row[i].size() + 2, ' ');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        std::cout << line << "\n";
    }
}

// One row per item; says so when there are none.
void print_items(const std::vector<Answer>& answers, const std::vector<const char*>& columns, const char* nothing) {
    std::vector<std::vector<std::string>> rows;
    rows.push_back({"SERVICE"});
    for (const char* column : columns) {
        std::string title(column);
        std::ranges::transform(title, title.begin(),
                               [](char c) { return c == '_' ? ' ' : static_cast<char>(c & ~0x20); });
        rows.front().push_back(title);
    }
    for (const Answer& answer : answers) {
        for (const json::value& item : items(answer.content)) {
            std::vector<std::string> row = {answer.service};
            for (const char* column : columns) row.push_back(text(item.as_object(), column));
            rows.push_back(std::move(row));
        }
    }
    if (rows.size() == 1) return tell(nothing);
    print_table(rows);
}

int list(const Options& options) {
    int status = kDone;
    const auto answers = ask_all(options, "events.list", {{"state", options.state}, {"limit", options.limit}}, status);
    if (!answers) return kRefused;
    if (options.json) {
        print_json(*answers);
        return status;
    }
    print_items(*answers, {"state", "id", "type", "subject", "time", "attempts", "last_error"},
                options.state == "unsent" ? "no event waits to be sent" : "no such events");
    return status;
}

int dead(const Options& options) {
    int status = kDone;
    const auto answers = ask_all(options, "events.dead", {{"limit", options.limit}}, status);
    if (!answers) return kRefused;
    if (options.json) {
        print_json(*answers);
        return status;
    }
    print_items(*answers, {"id", "source", "type", "subject", "died_at", "attempts", "last_error"}, "no dead letters");
    return status;
}

// An id that one service does not know may be another's.
void drop_unknown(std::vector<Answer>& answers) {
    std::set<std::string> known;
    const auto is_unknown = [](const json::value& item) { return text(item.as_object(), "outcome") == "not found"; };
    for (const Answer& answer : answers) {
        for (const json::value& item : items(answer.content)) {
            if (!is_unknown(item)) known.insert(text(item.as_object(), "id"));
        }
    }
    for (Answer& answer : answers) {
        json::array kept;
        for (const json::value& item : items(answer.content)) {
            const std::string id = text(item.as_object(), "id");
            if (!is_unknown(item) || known.insert(id).second) kept.push_back(item);
        }
        answer.content["items"] = std::move(kept);
    }
}

int redrive(const Options& options) {
    if (options.ids.empty() && !options.all && options.sent_within.empty()) {
        complain("name events by id, or say --all or --sent-within DURATION");
        return kRefused;
    }
    json::object arguments = {{"ids", json::value_from(options.ids)}, {"all", options.all}};
    if (!options.sent_within.empty()) arguments["sent_within"] = options.sent_within;
    int status = kDone;
    auto answers = ask_all(options, "events.redrive", arguments, status);
    if (!answers) return kRefused;
    drop_unknown(*answers);
    for (const Answer& answer : *answers) {
        for (const json::value& item : items(answer.content)) {
            const std::string outcome = text(item.as_object(), "outcome");
            if (outcome == "failed" || outcome == "not found") status = kFailed;
        }
    }
    if (options.json) {
        print_json(*answers);
        return status;
    }
    print_items(*answers, {"id", "type", "outcome", "error"}, "no dead letters were tried");
    for (const Answer& answer : *answers) {
        const std::string count = text(answer.content, "to_be_sent");
        if (count != "0" && !count.empty()) tell(answer.service + ": " + count + " events are to be sent again");
    }
    return status;
}

void add_kind(CLI::App& command, const std::shared_ptr<Options>& options, const std::function<int(const Options&)>& run,
              int& status) {
    command.add_option("--service", options->service, "one service (all that have events)")->type_name("NAME");
    add_admin_options(command, options->admin);
    add_plugins_option(command, options->plugins);
    command.add_flag("--json", options->json, "print JSON");
    command.callback([options, run, &status] { status = run(*options); });
}

void add_list(CLI::App& events, int& status) {
    const auto options = std::make_shared<Options>();
    CLI::App* const command = events.add_subcommand("list", "events in the outboxes: those not sent yet, or others");
    set_examples(
        *command,
        "  gatehouse events list\n"
        "  gatehouse events list --service posts --state all --limit 20\n"
        "\n"
        "States: unsent (among them `waiting`, after a failure), sent (kept for seven days), refused by the bus.");
    command->add_option("--state", options->state, "unsent, sent, refused or all (unsent)")->type_name("STATE");
    command->add_option("--limit", options->limit, "of each service, the newest (100)")->type_name("N");
    add_kind(*command, options, list, status);
}

void add_dead(CLI::App& events, int& status) {
    const auto options = std::make_shared<Options>();
    CLI::App* const command = events.add_subcommand("dead", "events that a service could not process and put aside");
    set_examples(*command, "  gatehouse events dead\n  gatehouse events dead --service users --json\n");
    command->add_option("--limit", options->limit, "of each service, the newest (100)")->type_name("N");
    add_kind(*command, options, dead, status);
}

void add_redrive(CLI::App& events, int& status) {
    const auto options = std::make_shared<Options>();
    CLI::App* const command = events.add_subcommand("redrive", "process dead letters again, or send events again");
    set_examples(
        *command,
        "  gatehouse events redrive 01993f0a-7c1e-7d2b-8f00-000000000001\n"
        "  gatehouse events redrive --all --service users\n"
        "  gatehouse events redrive --service posts --sent-within 24h      refill a broker that lost its data\n"
        "\n"
        "A dead letter is processed at once, by the service; one that fails again stays where it is. An event of an "
        "outbox is\n"
        "sent by the running gateway; consumers drop what they have seen. Exit status: 1 if one failed.");
    command->add_option("ID", options->ids, "dead letters, or events of an outbox");
    command->add_flag("--all", options->all, "all dead letters, and all events that wait after a failure");
    command->add_option("--sent-within", options->sent_within, "events that were sent so lately")
        ->type_name("DURATION");
    add_kind(*command, options, redrive, status);
}

}  // namespace

void add_events(CLI::App& program, int& status) {
    CLI::App* const command = program.add_subcommand("events", "look after events between services");
    set_examples(
        *command,
        "  gatehouse events list\n"
        "  gatehouse events dead\n"
        "  gatehouse events redrive --all\n"
        "\n"
        "A running gateway is asked, which reaches services in every home. Without one, plugins on this machine are\n"
        "loaded here and work on their databases.");
    command->require_subcommand(1);
    add_list(*command, status);
    add_dead(*command, status);
    add_redrive(*command, status);
}

}  // namespace gatehouse::cli
