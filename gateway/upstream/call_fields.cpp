#include "gateway/upstream/call_fields.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/http/serializer.hpp"

namespace gatehouse::upstream {

namespace {

std::string_view view(gh_str text) { return {text.ptr, text.len}; }

void append_if_good(std::string& fields, std::string_view name, std::string_view value) {
    if (!value.empty() && http::is_token(name) && http::is_field_value(value)) http::append_field(fields, name, value);
}

void append_time_left(std::string& fields, std::uint64_t deadline_ns) {
    if (deadline_ns == 0) return;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(from_nanoseconds(deadline_ns) - Clock::now());
    http::append_number_field(fields, kTimeoutField,
                              static_cast<std::uint64_t>(std::max<std::int64_t>(left.count(), 1)));
}

}  // namespace

std::string call_fields(const gh_call_request& request, const std::string& calling_service, const Cluster& cluster,
                        const AssertionSigner* signer) {
    std::string fields;
    for (std::size_t i = 0; i < request.n_headers; ++i) {
        append_if_good(fields, view(request.headers[i].key), view(request.headers[i].val));
    }
    append_if_good(fields, "x-request-id", view(request.request_id));
    append_if_good(fields, "traceparent", view(request.trace_parent));
    std::vector<std::string> roles;
    AssertedIdentity identity;
    identity.service = calling_service;
    std::string role_list;
    if (request.identity != nullptr) {
        identity.id = view(request.identity->subject);
        identity.name = view(request.identity->name);
        identity.session = view(request.identity->session);
        for (std::size_t i = 0; i < request.identity->n_roles; ++i) {
            roles.emplace_back(view(request.identity->roles[i]));
            role_list.append(i > 0 ? "," : "").append(roles.back());
        }
    }
    identity.roles = roles;
    append_if_good(fields, "x-user-id", identity.id);
    append_if_good(fields, "x-user-name", identity.name);
    append_if_good(fields, "x-session-id", identity.session);
    append_if_good(fields, "x-user-roles", role_list);
    std::string_view audience = cluster.name();
    if (audience == kGatewayCluster) {
        audience = view(request.service);
        if (audience != kGatewayCluster) append_if_good(fields, kServiceField, audience);  // else it is meant itself
        append_time_left(fields, request.deadline_ns);
    }
    if (signer != nullptr && cluster.is_served()) {
        const std::string_view target = view(request.target);
        const std::size_t mark = target.find('?');
        const bool has_query = mark != std::string_view::npos;
        const AssertedRequest asserted{audience, view(request.method), target.substr(0, mark),
                                       has_query ? target.substr(mark + 1) : std::string_view(), has_query};
        std::string assertion;
        if (signer->sign(asserted, identity, std::time(nullptr), assertion)) {
            http::append_field(fields, kAssertionField, assertion);
        }
    }
    return fields;
}

}  // namespace gatehouse::upstream
