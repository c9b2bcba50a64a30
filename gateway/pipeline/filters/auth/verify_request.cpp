#include "gateway/pipeline/filters/auth/verify_request.hpp"

#include <algorithm>

namespace gatehouse::pipeline {

namespace {

// X-Forwarded-* is the gateway's to write, whatever the client claims and `send:` lists.
bool is_sent(const http::Field& field, const config::Authenticator& authenticator) {
    return !field.name.starts_with("x-forwarded-") &&
           std::find(authenticator.send.begin(), authenticator.send.end(), field.name) != authenticator.send.end();
}

std::size_t text_bytes(const Exchange& exchange, const config::Authenticator& authenticator) {
    const http::RequestHead& request = exchange.request;
    std::size_t bytes = authenticator.forward.path.size() + request.method.size() + request.authority.size() +
                        request.path.size() + request.query.size() + exchange.client.address.size() +
                        exchange.request_id.size() + exchange.trace_parent.size() + 1;
    for (const http::Field& field : request.fields) {
        if (is_sent(field, authenticator)) bytes += field.name.size() + field.value.size();
    }
    return bytes;
}

// The scheme the client used, as far as anyone who is trusted says so.
std::string_view scheme(const Exchange& exchange) {
    const http::Field* claimed = http::find_field(exchange.request.fields, "x-forwarded-proto");
    const bool is_https = exchange.client.is_trusted_proxy && claimed != nullptr && claimed->value == "https";
    return is_https ? "https" : "http";
}

}  // namespace

std::string_view VerifyRequest::keep(std::string_view text) {
    const std::size_t at = text_.size();
    text_.append(text);
    return std::string_view(text_).substr(at);
}

void VerifyRequest::build(const Exchange& exchange, const config::Authenticator& authenticator) {
    const http::RequestHead& request = exchange.request;
    text_.clear();
    fields_.clear();
    text_.reserve(text_bytes(exchange, authenticator));

    target_ = keep(authenticator.forward.path);
    const std::size_t question = std::min(target_.find('?'), target_.size());
    path_ = target_.substr(0, question);
    query_ = target_.substr(std::min(question + 1, target_.size()));
    authority_ = keep(request.authority);
    remote_address_ = keep(exchange.client.address);
    request_id_ = keep(exchange.request_id);
    trace_parent_ = keep(exchange.trace_parent);

    for (const http::Field& field : request.fields) {
        if (is_sent(field, authenticator)) add(keep(field.name), keep(field.value));
    }
    const std::size_t uri_at = text_.size();
    keep(request.path);
    if (request.has_query) {
        keep("?");
        keep(request.query);
    }
    add("x-forwarded-uri", std::string_view(text_).substr(uri_at));
    add("x-forwarded-method", keep(request.method));
    add("x-forwarded-proto", scheme(exchange));
    add("x-forwarded-host", authority_);
    add("x-forwarded-for", remote_address_);
    add("x-request-id", request_id_);
    if (!trace_parent_.empty()) add("traceparent", trace_parent_);
}

}  // namespace gatehouse::pipeline
