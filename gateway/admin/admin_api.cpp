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

struct AdminApi::Endpoint {
    enum class Access : std::uint8_t { open, token };
    std::string_view path;
    std::string_view about;
    Access access;
    void (AdminApi::*answer)(LocalReply&);  // null: POST, answered by reload()
    bool is_post() const { return answer == nullptr; }
    std::string_view allow() const { return is_post() ? "POST" : "GET, HEAD"; }
};

std::span<const AdminApi::Endpoint> AdminApi::endpoints() {
    using enum Endpoint::Access;
    static constexpr Endpoint kEndpoints[] = {
        {"/", "this list", token, &AdminApi::index},
        {"/healthz", "200 while the process runs", open, &AdminApi::health},
        {"/readyz", "200 while traffic may be sent here, else 503 and why not", open, &AdminApi::readiness},
        {"/metrics", "Prometheus text format", token, &AdminApi::metrics},
        {"/routes", "routes in force", token, &AdminApi::routes},
        {"/plugins", "loaded plugins and their state", token, &AdminApi::plugins},
        {"/upstreams", "endpoints, connections and their health", token, &AdminApi::upstreams},
        {"/config", "effective configuration as YAML, without secrets", token, &AdminApi::effective_config},
        {"/reload", "POST: read the configuration again", token, nullptr},
    };
    return kEndpoints;
}

AdminApi::AdminApi(std::string token, observe::Metrics& metrics, AdminSources sources)
    : token_(std::move(token)), metrics_(metrics), sources_(std::move(sources)) {}

AdminApi::~AdminApi() { OPENSSL_cleanse(token_.data(), token_.size()); }

bool AdminApi::is_authorized(const Exchange& exchange) const {
    if (token_.empty()) return is_loopback(exchange.client);
    return equals_secret(bearer_token(exchange.request), token_);
}

Task<> AdminApi::handle(Exchange& exchange, std::string_view) {
    LocalReply& reply = exchange.reply;
    reply.clear();
    const http::RequestHead& request = exchange.request;
    const auto all = endpoints();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&request](const Endpoint& endpoint) { return endpoint.path == request.path; });
    const bool is_open = found != all.end() && found->access == Endpoint::Access::open;
    if (!is_open && !is_authorized(exchange)) {
        refuse(reply, 401, "unauthenticated", "The admin listener asks for its bearer token.");
        reply.fields.emplace_back("www-authenticate", "Bearer realm=\"gatehouse admin\"");
        co_return;
    }
    if (found == all.end()) {
        refuse(reply, 404, "no_route", "GET / lists what there is.");
        co_return;
    }
    const bool is_read = request.method == "GET" || request.method == "HEAD";
    if (found->is_post() ? request.method != "POST" : !is_read) {
        refuse(reply, 405, "method_not_allowed", "Allowed here: " + std::string(found->allow()) + ".");
        reply.fields.emplace_back("allow", found->allow());
        co_return;
    }
    if (!found->is_post()) {
        (this->*found->answer)(reply);
        co_return;
    }
    Task<> reloaded = reload(reply);
    co_await std::move(reloaded);
}

void AdminApi::index(LocalReply& reply) {
    std::vector<std::pair<std::string_view, std::string_view>> entries;
    for (const Endpoint& endpoint : endpoints()) entries.emplace_back(endpoint.path, endpoint.about);
    answer_json(reply, 200, status_json::index(entries));
}

void AdminApi::health(LocalReply& reply) { answer_json(reply, 200, R"({"status":"up"})"); }

void AdminApi::readiness(LocalReply& reply) {
    const std::vector<std::string> reasons = sources_.not_ready();
    answer_json(reply, reasons.empty() ? 200 : 503, status_json::readiness(reasons));
}

void AdminApi::metrics(LocalReply& reply) {
    reply.status = 200;
    metrics_.write(reply.body);
    reply.fields.emplace_back("content-type", "text/plain; version=0.0.4; charset=utf-8");
    reply.fields.emplace_back("cache-control", "no-store");
}

void AdminApi::routes(LocalReply& reply) { answer_json(reply, 200, status_json::routes(sources_.routes())); }
void AdminApi::plugins(LocalReply& reply) { answer_json(reply, 200, status_json::plugins(sources_.plugins())); }
void AdminApi::upstreams(LocalReply& reply) { answer_json(reply, 200, status_json::upstreams(sources_.upstreams())); }

void AdminApi::effective_config(LocalReply& reply) {
    reply.status = 200;
    reply.body = sources_.effective_config();
    reply.fields.emplace_back("content-type", "application/yaml");
    reply.fields.emplace_back("cache-control", "no-store");
}

// One at a time: a second one would report on the first one's work.
Task<> AdminApi::reload(LocalReply& reply) {
    if (reloading_) {
        refuse(reply, 409, "reload_in_progress", "A reload is under way; try again when it has ended.");
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
    answer_json(reply, report.reloaded ? 200 : 422, status_json::reload(report));
}

}  // namespace gatehouse::admin
