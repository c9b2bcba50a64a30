#include "gateway/app_commands.hpp"

#include <algorithm>

#include "gateway/events/remote_request.hpp"
#include "gateway/host/host_table.hpp"

namespace gatehouse {

namespace {

constexpr std::string_view kCommandsPath = "/gatehouse/commands/";
constexpr std::uint64_t kArgumentsBytesMax = 1024 * 1024;
constexpr Duration kTimeout = 30s;

std::string_view view(gh_str text) { return {text.ptr, text.len}; }

void answer(gh_request* request, int code, std::string body) {
    // The answer may outlive this call: the host copies nothing.
    auto* const kept = new std::string(std::move(body));
    gh_response response{};
    response.size = sizeof(response);
    response.code = code;
    response.body = {reinterpret_cast<const std::uint8_t*>(kept->data()), kept->size(),
                     [](void* owner) { delete static_cast<std::string*>(owner); }, kept};
    host::http_table().reply(request, &response);
}

gh_status status_of(int code) {
    switch (code) {
        case 200: return GH_OK;
        case 404:
        case 405: return GH_E_UNSUPPORTED;
        case 422: return GH_E_INVALID;
        case 409: return GH_E_STATE;
        case 401:
        case 403:
        case 503: return GH_E_UNAVAILABLE;
        default: return GH_E_INTERNAL;
    }
}

}  // namespace

void CommandRoutes::attach(host::Generation& generation) {
    if (service_.empty()) service_ = generation.service();  // once: requests read it while the next generation comes
    host::PluginRoute route;
    route.flags = GH_ROUTE_BLOCKING | GH_ROUTE_INTERNAL;
    route.self = this;
    route.max_body = kArgumentsBytesMax;
    route.method = "POST";
    route.pattern = std::string(kCommandsPath) + "{command}";
    route.handle = &on_command;
    generation.table().add_host_route(route);
}

void CommandRoutes::on_command(void* self, gh_request* request, const gh_request_view* seen) {
    const auto& routes = *static_cast<CommandRoutes*>(self);
    if (seen->identity == nullptr || view(seen->identity->service) != routes.gateway_) return answer(request, 403, {});
    const auto generation = routes.plugins_->find(routes.service_);
    if (generation == nullptr || seen->n_params == 0) return answer(request, 503, {});
    const std::string command(view(seen->params[0].val)), arguments(view(seen->body));
    auto done = routes.plugins_->run_admin(*generation, command, arguments.empty() ? "{}" : arguments);
    answer(request, admin::http_status_of(done.status), std::move(done.json));
}

admin::CommandAnswer ask_for_command(host::RemoteCaller& caller, std::string_view gateway, const std::string& service,
                                     const std::string& command, const std::string& arguments) {
    events::RemoteAnswer asked = events::ask(caller, service, gateway, "POST", std::string(kCommandsPath) + command,
                                             arguments, Clock::now() + kTimeout);
    if (asked.status == GH_E_TIMEOUT) {
        return {asked.status, {}, service + " gave no answer within 30 s; what it had begun may yet be done."};
    }
    if (asked.status != GH_OK) return {GH_E_UNAVAILABLE, {}, service + " cannot be reached now."};
    if (asked.code == 401 || asked.code == 403) {
        return {GH_E_UNAVAILABLE, {}, service + " does not know this gateway: is its assertion key the same?"};
    }
    return {status_of(asked.code), std::move(asked.body), {}};
}

}  // namespace gatehouse
