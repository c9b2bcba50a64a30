#include "gateway/admin/admin_api.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "gateway/admin/status_json.hpp"
#include "gateway/base/ascii.hpp"

namespace gatehouse::admin {

namespace {

using pipeline::Exchange;
using pipeline::LocalReply;

// Of equal length whatever was sent, so that the comparison tells nothing, not even the token's length.
bool equals_secret(std::string_view given, std::string_view secret) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> left, right;
    SHA256(reinterpret_cast<const unsigned char*>(given.data()), given.size(), left.data());
    SHA256(reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), right.data());
    return CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

// The token of "Authorization: Bearer …", empty if there is none.
std::string_view bearer_token(const http::RequestHead& request) {
    constexpr std::string_view kScheme = "bearer ";
    const http::Field* field = http::find_field(request.fields, "authorization");
    if (field == nullptr || !ascii::iequals(field->value.substr(0, kScheme.size()), kScheme)) return {};
    return field->value.substr(kScheme.size());
}

bool is_loopback(const pipeline::Client& client) {
    constexpr std::array<std::uint8_t, 13> kMapped127 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127};
    constexpr std::array<std::uint8_t, 16> kIpv6Loopback = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    const bool is_unix_socket = client.port == 0 && client.octets == std::array<std::uint8_t, 16>{};
    return is_unix_socket || client.octets == kIpv6Loopback ||
           std::equal(kMapped127.begin(), kMapped127.end(), client.octets.begin());
}

void answer_json(LocalReply& reply, int status, std::string body) {
    reply.status = status;
    reply.body = std::move(body);
    reply.fields.emplace_back("content-type", "application/json");
    reply.fields.emplace_back("cache-control", "no-store");
}

void refuse(LocalReply& reply, int status, std::string_view reason, std::string detail) {
    reply.status = status;
    reply.reason = reason;
    reply.detail = std::move(detail);
}

}  // namespace

// What an endpoint gets. names: of the path's {…}, in order.
struct AdminApi::Call {
    LocalReply& reply;
    std::string_view method, path, body;
    std::array<std::string, 2> names;
};

struct AdminApi::Endpoint {
    enum class Access : std::uint8_t { open, token };
    std::string_view path;  // {name} = one segment
    std::string_view about;
    Access access;
    void (AdminApi::*answer)(Call&);           // GET
    Task<> (AdminApi::*act)(Call&) = nullptr;  // POST
    bool serves(std::string_view method) const {
        return act != nullptr ? method == "POST" : method == "GET" || method == "HEAD";
    }
    std::string_view allow() const { return act != nullptr ? "POST" : "GET, HEAD"; }
};

std::span<const AdminApi::Endpoint> AdminApi::endpoints() {
    using enum Endpoint::Access;
    static constexpr Endpoint kEndpoints[] = {
        {"/", "this list", token, &AdminApi::index},
        {"/healthz", "200 while the process runs", open, &AdminApi::health},
        {"/readyz", "200 while traffic may be sent here, else 503 and why not", open, &AdminApi::readiness},
        {"/metrics", "Prometheus text format", token, &AdminApi::metrics},
        {"/routes", "routes in force", token, &AdminApi::routes},
        {"/plugins", "plugins and their state, in this process and in children", token, &AdminApi::plugins},
        {"/plugins/{service}/why-alive", "its generations and what keeps them from ending", token,
         &AdminApi::why_alive},
        {"/services", "where services run, and their child processes", token, &AdminApi::services},
        {"/upstreams", "endpoints, connections and their health", token, &AdminApi::upstreams},
        {"/config", "effective configuration as YAML, without secrets", token, &AdminApi::effective_config},
        {"/reload", "POST: read the configuration again", token, nullptr, &AdminApi::reload},
        {"/plugins/{service}/reload", "POST: replace its code by the file as it is now", token, nullptr,
         &AdminApi::reload_plugin},
        {"/plugins/{service}/rollback", "POST: go back to the generation before", token, nullptr,
         &AdminApi::roll_back_plugin},
        {"/services/{service}/commands/{command}", "POST: run an operator's command of the service; a JSON object",
         token, nullptr, &AdminApi::run_command},
    };
    return kEndpoints;
}

namespace {

// Whether the path is of that form; then `names` holds what its {…} stand for.
bool matches(std::string_view form, std::string_view path, std::array<std::string, 2>& names) {
    std::size_t count = 0;
    while (!form.empty() && !path.empty()) {
        if (form.front() != '{') {
            if (form.front() != path.front()) return false;
            form.remove_prefix(1);
            path.remove_prefix(1);
            continue;
        }
        const std::size_t end = std::min(path.find('/'), path.size());
        if (end == 0 || count == names.size()) return false;
        names[count++] = path.substr(0, end);
        path.remove_prefix(end);
        form.remove_prefix(form.find('}') + 1);
    }
    return form.empty() && path.empty();
}

}  // namespace

const AdminApi::Endpoint* AdminApi::find(Call& call, bool& is_other_method) {
    const Endpoint* other = nullptr;
    for (const Endpoint& endpoint : endpoints()) {
        if (!matches(endpoint.path, call.path, call.names)) continue;
        if (endpoint.serves(call.method)) return &endpoint;
        other = &endpoint;
    }
    is_other_method = other != nullptr;
    return other;
}

AdminApi::AdminApi(std::string token, observe::Metrics& metrics, AdminSources sources)
    : token_(std::move(token)), metrics_(metrics), sources_(std::move(sources)) {}

AdminApi::~AdminApi() { OPENSSL_cleanse(token_.data(), token_.size()); }

bool AdminApi::is_authorized(const Exchange& exchange) const {
    if (token_.empty()) return is_loopback(exchange.client);
    return equals_secret(bearer_token(exchange.request), token_);
}

Task<> AdminApi::handle(Exchange& exchange, std::string_view body) {
    LocalReply& reply = exchange.reply;
    reply.clear();
    const http::RequestHead& request = exchange.request;
    Call call{reply, request.method, request.path, body, {}};
    bool is_other_method = false;
    const Endpoint* const found = find(call, is_other_method);
    const bool is_open = found != nullptr && found->access == Endpoint::Access::open;
    if (!is_open && !is_authorized(exchange)) {
        refuse(reply, 401, "unauthenticated", "The admin listener asks for its bearer token.");
        reply.fields.emplace_back("www-authenticate", "Bearer realm=\"gatehouse admin\"");
        co_return;
    }
    if (found == nullptr) {
        refuse(reply, 404, "no_route", "GET / lists what there is.");
        co_return;
    }
    if (is_other_method) {
        refuse(reply, 405, "method_not_allowed", "Allowed here: " + std::string(found->allow()) + ".");
        reply.fields.emplace_back("allow", found->allow());
        co_return;
    }
    if (found->act == nullptr) {
        (this->*found->answer)(call);
        co_return;
    }
    Task<> acted = (this->*found->act)(call);
    co_await std::move(acted);
}

void AdminApi::index(Call& call) {
    std::vector<std::pair<std::string_view, std::string_view>> entries;
    for (const Endpoint& endpoint : endpoints()) entries.emplace_back(endpoint.path, endpoint.about);
    answer_json(call.reply, 200, status_json::index(entries));
}

void AdminApi::health(Call& call) { answer_json(call.reply, 200, R"({"status":"up"})"); }

void AdminApi::readiness(Call& call) {
    const std::vector<std::string> reasons = sources_.not_ready();
    answer_json(call.reply, reasons.empty() ? 200 : 503, status_json::readiness(reasons, sources_.degraded()));
}

void AdminApi::metrics(Call& call) {
    call.reply.status = 200;
    metrics_.write(call.reply.body);
    call.reply.fields.emplace_back("content-type", "text/plain; version=0.0.4; charset=utf-8");
    call.reply.fields.emplace_back("cache-control", "no-store");
}

void AdminApi::routes(Call& call) { answer_json(call.reply, 200, status_json::routes(sources_.routes())); }
void AdminApi::plugins(Call& call) {
    answer_json(call.reply, 200, status_json::plugins(sources_.plugins(), sources_.services()));
}

void AdminApi::why_alive(Call& call) {
    const std::string& service = call.names[0];
    std::vector<host::PluginStatus> all = sources_.plugins();
    std::erase_if(all, [&](const host::PluginStatus& plugin) { return plugin.service != service; });
    if (all.empty()) return refuse(call.reply, 404, "no_such_service", "No plugin serves " + service + " here.");
    answer_json(call.reply, 200, status_json::why_alive(service, all));
}

void AdminApi::services(Call& call) { answer_json(call.reply, 200, status_json::services(sources_.services())); }
void AdminApi::upstreams(Call& call) { answer_json(call.reply, 200, status_json::upstreams(sources_.upstreams())); }

void AdminApi::effective_config(Call& call) {
    call.reply.status = 200;
    call.reply.body = sources_.effective_config();
    call.reply.fields.emplace_back("content-type", "application/yaml");
    call.reply.fields.emplace_back("cache-control", "no-store");
}

// One at a time: a second one would report on the first one's work.
Task<> AdminApi::reload(Call& call) {
    if (reloading_) {
        refuse(call.reply, 409, "reload_in_progress", "A reload is under way; try again when it has ended.");
        co_return;
    }
    reloading_ = true;
    ReloadReport report;
    try {
        Task<ReloadReport> work = sources_.reload();
        report = co_await std::move(work);
    } catch (...) {
        reloading_ = false;
        throw;
    }
    reloading_ = false;
    answer_json(call.reply, report.reloaded ? 200 : 422, status_json::reload(report));
}

Task<> AdminApi::reload_plugin(Call& call) {
    Task<PluginReport> work = sources_.reload_plugin(call.names[0]);
    const PluginReport report = co_await std::move(work);
    answer_json(call.reply, report.switched ? 200 : report.is_unknown ? 404 : 422, status_json::plugin_reload(report));
}

Task<> AdminApi::roll_back_plugin(Call& call) {
    Task<PluginReport> work = sources_.roll_back_plugin(call.names[0]);
    const PluginReport report = co_await std::move(work);
    answer_json(call.reply, report.switched ? 200 : report.is_unknown ? 404 : 422, status_json::plugin_reload(report));
}

Task<> AdminApi::run_command(Call& call) {
    const std::string arguments(call.body.empty() ? "{}" : call.body);
    Task<CommandAnswer> work = sources_.run_command(call.names[0], call.names[1], arguments);
    CommandAnswer answer = co_await std::move(work);
    const int status = http_status_of(answer.status);
    if (!answer.json.empty() || status == 200) {
        answer_json(call.reply, status, answer.json.empty() ? "{}" : std::move(answer.json));
        co_return;
    }
    if (answer.why.empty()) answer.why = call.names[0] + " has not done " + call.names[1] + ".";
    refuse(call.reply, status, status == 404 ? "no_such_command" : "command_failed", std::move(answer.why));
}

int http_status_of(std::int32_t command_status) {
    switch (command_status) {
        case GH_OK: return 200;
        case GH_E_UNSUPPORTED: return 404;
        case GH_E_INVALID: return 422;
        case GH_E_STATE: return 409;
        case GH_E_UNAVAILABLE: return 503;
        case GH_E_TIMEOUT: return 504;
        default: return 500;
    }
}

}  // namespace gatehouse::admin
