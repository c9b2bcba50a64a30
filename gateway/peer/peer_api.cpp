#include "gateway/peer/peer_api.hpp"

#include <algorithm>
#include <ctime>

#include "gateway/peer/peer_call.hpp"
#include "gateway/pipeline/problem.hpp"
#include "gateway/upstream/call_fields.hpp"

namespace gatehouse::peer {

namespace {

constexpr int kAttemptsMax = 3;  // a service may be replaced or moved while it is called

// The one field of that name; empty if there is none or more than one.
std::string_view only(const http::RequestHead& request, std::string_view name) {
    std::string_view value;
    int count = 0;
    for (const http::Field& field : request.fields) {
        if (field.name != name) continue;
        value = field.value;
        ++count;
    }
    return count == 1 ? value : std::string_view();
}

}  // namespace

PeerApi::PeerApi(upstream::AssertionVerifier& verifier, const upstream::AssertionSigner* signer, FindTarget find_target)
    : verifier_(verifier), signer_(signer), find_target_(std::move(find_target)) {}

PeerApi::~PeerApi() = default;

void PeerApi::add(std::string path, net::RequestHandler& handler) { handlers_.emplace(std::move(path), &handler); }

bool PeerApi::authenticate(pipeline::Exchange& exchange, std::string_view audience) {
    const http::RequestHead& request = exchange.request;
    const std::string_view assertion = only(request, upstream::kAssertionField);
    const upstream::AssertedRequest asserted{audience, request.method, request.path, request.query, request.has_query};
    upstream::VerifiedIdentity verified;
    const auto failure = assertion.empty() ? upstream::AssertionFailure::malformed
                                           : verifier_.verify(assertion, asserted, std::time(nullptr), verified);
    if (failure != upstream::AssertionFailure::none || verified.service.empty()) {
        pipeline::set_error(exchange, 401, "unauthenticated", "Only services of this gateway are answered here.");
        exchange.reply.fields.emplace_back("www-authenticate", "Gatehouse-Assertion");
        return false;
    }
    pipeline::Identity& identity = exchange.identity;
    identity.present = true;
    identity.id = std::move(verified.id);
    identity.name = std::move(verified.name);
    identity.session = std::move(verified.session);
    identity.service = std::move(verified.service);
    identity.roles = std::move(verified.roles);
    return true;
}

Task<> PeerApi::handle(pipeline::Exchange& exchange, std::string_view body) {
    exchange.reply.clear();
    exchange.identity.clear();
    const std::string service(only(exchange.request, upstream::kServiceField));
    const std::string_view audience = service.empty() ? upstream::kGatewayCluster : std::string_view(service);
    if (!authenticate(exchange, audience)) co_return;
    if (!service.empty()) {
        co_await call(exchange, service, body);
        co_return;
    }
    const auto found = handlers_.find(exchange.request.path);
    if (found == handlers_.end()) {
        pipeline::set_error(exchange, 404, "no_route", "Nothing is served at this path.");
        co_return;
    }
    co_await found->second->handle(exchange, body);
}

Task<> PeerApi::call(pipeline::Exchange& exchange, const std::string& service, std::string_view body) {
    PeerCall call(exchange, service, body);
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
        const Target target = find_target_(service);
        if (target.cluster) {
            co_await call.forward(*target.cluster, signer_);
            co_return;
        }
        if (!target.generation) {
            pipeline::set_error(exchange, 503, "no_such_service", "No service of that name is configured.");
            co_return;
        }
        const bool is_served = co_await call.run(target.generation);
        if (is_served) co_return;
    }
    pipeline::set_error(exchange, 503, "plugin_draining", "The service is being replaced.");
}

}  // namespace gatehouse::peer
