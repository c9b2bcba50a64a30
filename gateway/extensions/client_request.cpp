#include "gateway/extensions/client_request.hpp"

#include <algorithm>

#include "gateway/base/ascii.hpp"
#include "gateway/extensions/abi_checks.hpp"
#include "gateway/host/call.hpp"
#include "gateway/http/absolute_url.hpp"
#include "gateway/http/serializer.hpp"

namespace gatehouse::extensions {

namespace {

std::string copy(gh_str text) { return std::string(to_view(text)); }

bool has_good_fields(const gh_client_request& request) {
    return std::all_of(request.headers, request.headers + request.n_headers, [](const gh_kv& field) {
        return http::is_token(to_view(field.key)) && http::is_field_value(to_view(field.val));
    });
}

}  // namespace

gh_status ClientRequest::check(const gh_client_request* request) {
    if (!GH_HAS(request, trace_parent)) return GH_E_INVALID;
    if (has_unknown_tail(*request)) return GH_E_UNSUPPORTED;
    const bool has_url = request->url.len != 0;
    if (has_url == (request->service.len != 0) || request->retries > kRetriesMax) return GH_E_INVALID;
    if (has_url && (request->target.len != 0 || request->identity != nullptr)) return GH_E_INVALID;
    if (request->pull != nullptr && request->body.len != 0) return GH_E_INVALID;
    if (!http::is_token(to_view(request->method)) || !has_good_fields(*request)) return GH_E_INVALID;
    std::string target;
    if (has_url) {
        const auto url = http::parse_absolute_url(to_view(request->url));
        if (!url) return GH_E_INVALID;
        target = url->target;
    }
    const gh_str asked = has_url ? to_str(target) : request->target;
    const bool is_good = host::is_well_formed(request->method, asked, request->headers, request->n_headers);
    return is_good ? GH_OK : GH_E_INVALID;
}

// REQUIRES: check() said GH_OK.
ClientRequest::ClientRequest(const gh_client_request& request)
    : service(copy(request.service)),
      method(copy(request.method)),
      target(copy(request.target)),
      body(copy(request.body)),
      pull(request.pull),
      pull_context(request.pull_ctx),
      content_length(request.content_length),
      retries(request.retries),
      request_id_(copy(request.request_id)),
      trace_parent_(copy(request.trace_parent)) {
    if (request.url.len != 0) {
        if (auto url = http::parse_absolute_url(to_view(request.url))) {
            origin = std::move(url->origin);
            target = std::move(url->target);
        }
    }
    if (request.deadline_ns == 0) {
        deadline = Clock::now() + kDefaultTimeout;
    } else if (request.deadline_ns != UINT64_MAX) {
        deadline = from_nanoseconds(request.deadline_ns);
    }
    field_texts_.reserve(request.n_headers);
    for (std::size_t i = 0; i < request.n_headers; ++i) {
        field_texts_.emplace_back(ascii::lower(copy(request.headers[i].key)), copy(request.headers[i].val));
    }
    for (const auto& [key, value] : field_texts_) fields_.push_back({to_str(key), to_str(value)});
    call_.size = sizeof(call_);
    call_.service = to_str(service);
    call_.method = to_str(method);
    call_.target = to_str(target);
    call_.headers = fields_.data();
    call_.n_headers = fields_.size();
    call_.body = to_str(body);
    call_.deadline_ns = deadline == TimePoint::max() ? 0 : to_nanoseconds(deadline);
    call_.request_id = to_str(request_id_);
    call_.trace_parent = to_str(trace_parent_);
    if (const gh_identity* const identity = request.identity; GH_HAS(identity, n_roles)) {
        subject_ = copy(identity->subject);
        name_ = copy(identity->name);
        session_ = copy(identity->session);
        for (std::size_t i = 0; i < identity->n_roles; ++i) role_texts_.push_back(copy(identity->roles[i]));
        for (const std::string& role : role_texts_) roles_.push_back(to_str(role));
        identity_.size = sizeof(identity_);
        identity_.flags = identity->flags;
        identity_.subject = to_str(subject_);
        identity_.name = to_str(name_);
        identity_.session = to_str(session_);
        identity_.roles = roles_.data();
        identity_.n_roles = roles_.size();
        call_.identity = &identity_;
    }
}

bool ClientRequest::is_idempotent() const {
    return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "PUT" || method == "DELETE";
}

}  // namespace gatehouse::extensions
