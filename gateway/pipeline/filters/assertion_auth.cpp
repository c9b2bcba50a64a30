#include "gateway/pipeline/filters/assertion_auth.hpp"

#include <algorithm>
#include <chrono>

namespace gatehouse::pipeline {

namespace {

std::int64_t unix_seconds() {
    using namespace std::chrono;
    return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

bool is_health_check(const http::RequestHead& request) {
    return request.path == "/healthz" && (request.method == "GET" || request.method == "HEAD");
}

// The one assertion; nullptr if there is none or more than one.
const http::Field* only_assertion(const std::vector<http::Field>& fields) {
    const auto is_assertion = [](const http::Field& field) { return field.name == upstream::kAssertionField; };
    const auto first = std::find_if(fields.begin(), fields.end(), is_assertion);
    if (first == fields.end() || std::find_if(first + 1, fields.end(), is_assertion) != fields.end()) return nullptr;
    return &*first;
}

Verdict refuse(Exchange& exchange, std::string_view reason) {
    LocalReply& reply = exchange.reply;
    reply.clear();
    reply.status = 401;
    reply.reason = reason;
    reply.detail = "This service answers only to its gateway.";
    reply.fields.emplace_back("www-authenticate", "Gatehouse-Assertion");
    return Verdict::reply;
}

}  // namespace

AssertionAuth::AssertionAuth(upstream::AssertionVerifier& verifier, std::string audience)
    : verifier_(verifier), audience_(std::move(audience)) {}

AssertionAuth::~AssertionAuth() = default;

Verdict AssertionAuth::handle(Exchange& exchange) {
    const http::RequestHead& request = exchange.request;
    const http::Field* assertion = only_assertion(request.fields);
    if (assertion == nullptr) {
        return is_health_check(request) ? Verdict::next : refuse(exchange, "assertion_missing");
    }
    thread_local upstream::VerifiedIdentity verified;  // for its capacity only
    const upstream::AssertedRequest asserted{audience_, request.method, request.path, request.query, request.has_query};
    const auto failure = verifier_.verify(assertion->value, asserted, unix_seconds(), verified);
    if (failure != upstream::AssertionFailure::none) return refuse(exchange, upstream::to_string(failure));

    Identity& identity = exchange.identity;
    identity.present = !verified.id.empty() || !verified.service.empty();
    identity.id = verified.id;
    identity.name = verified.name;
    identity.session = verified.session;
    identity.service = verified.service;
    identity.roles = verified.roles;
    return Verdict::next;
}

}  // namespace gatehouse::pipeline
