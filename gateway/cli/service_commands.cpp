#include "gateway/cli/service_commands.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "gateway/config/addresses.hpp"

namespace gatehouse::cli {

namespace {

namespace json = boost::json;
using Outcome = Result<std::optional<json::object>>;

constexpr int kUnknown = 404;  // the command, to a service that can be asked

bool offers(host::PluginHost& plugins, host::Generation& generation, const std::string& command) {
    const auto commands = plugins.admin_commands(generation);
    return std::ranges::find(commands, command, &host::PluginHost::AdminCommand::name) != commands.end();
}

std::string detail_of(const json::value& content) {
    if (!content.is_object()) return {};
    const json::value* const detail = content.get_object().if_contains("detail");
    return detail != nullptr && detail->is_string() ? std::string(detail->get_string()) : std::string();
}

Outcome judge(const std::string& service, const std::string& command, bool is_done, const std::string& text) {
    json::error_code failure;
    json::value content = json::parse(text, failure);
    if (is_done && !failure && content.is_object()) return std::optional(std::move(content.get_object()));
    const std::string detail = failure ? "" : detail_of(content);
    return Error{"service " + service + ": " + command + " failed" + (detail.empty() ? "" : ": " + detail)};
}

}  // namespace

ServiceCommands::ServiceCommands(std::optional<AdminClient> gateway, Gateway need, std::filesystem::path plugins)
    : gateway_(std::move(gateway)), plugins_(std::move(plugins)) {
    silence_ = "the configuration names no admin listener with a port of its own (--admin http://HOST:PORT)";
    if (!gateway_) return;
    const auto answer = gateway_->ask("GET", "/healthz");
    if (answer && answer->status == 200) return;
    gateway_.reset();
    silence_ = answer ? "what listens there is no gateway" : answer.error().message;
    if (need == Gateway::required) problem_ = silence_;
}

Outcome ServiceCommands::run(const config::Service& service, const std::string& command,
                             const json::object& arguments) {
    const std::string text = json::serialize(arguments);
    if (gateway_) return run_there(service, command, text);
    if (!service.library().empty()) return run_here(service, command, text);
    return Error{"service " + service.name + " runs at " + config::format_endpoint(service.at.front()) +
                 ": only its gateway can ask it, and " + silence_};
}

Outcome ServiceCommands::run_there(const config::Service& service, const std::string& command,
                                   const std::string& arguments) const {
    const auto answer = gateway_->ask("POST", "/services/" + service.name + "/commands/" + command, arguments);
    if (!answer) return Error{"service " + service.name + ": " + answer.error().message};
    if (answer->status == kUnknown) return std::optional<json::object>();
    return judge(service.name, command, answer->status == 200, answer->body);
}

// Once; it then stays until the end.
Result<std::shared_ptr<host::Generation>> ServiceCommands::load(const config::Service& service) {
    const std::scoped_lock lock(mutex_);
    if (const auto found = loaded_.find(service.name); found != loaded_.end()) return found->second;
    if (!host_) host_ = std::make_unique<OfflineHost>(plugins_);
    auto generation = host_->load(service);
    if (generation) generation = host_->plugins().start(*generation);  // only then does it tell its commands
    if (generation) loaded_.emplace(service.name, *generation);
    return generation;
}

Outcome ServiceCommands::run_here(const config::Service& service, const std::string& command,
                                  const std::string& arguments) {
    const auto generation = load(service);
    if (!generation) return generation.error();
    if (!offers(host_->plugins(), **generation, command)) return std::optional<json::object>();
    const auto answer = host_->plugins().run_admin(**generation, command, arguments);
    return judge(service.name, command, answer.status == GH_OK, answer.json);
}

}  // namespace gatehouse::cli
