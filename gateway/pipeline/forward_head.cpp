#include "gateway/pipeline/forward_head.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/base/ascii.hpp"
#include "gateway/http/serializer.hpp"

namespace gatehouse::pipeline {

namespace {

bool starts_folded(std::string_view name, std::string_view prefix) {
    return name.size() >= prefix.size() && ascii::header_names_fold_equal(name.substr(0, prefix.size()), prefix);
}

void append_list_field(std::string& out, std::string_view name, const std::vector<http::Field>& fields,
                       std::string_view field_name, bool keep_existing, std::string_view own) {
    out.append(name).append(": ");
    if (keep_existing) {
        for (const http::Field& field : fields) {
            if (field.name == field_name && !field.value.empty()) out.append(field.value).append(", ");
        }
    }
    out.append(own).append("\r\n");
}

void append_forwarding_fields(std::string& out, const Exchange& exchange) {
    const auto& fields = exchange.request.fields;
    const bool is_trusted = exchange.client.is_trusted_proxy;
    append_list_field(out, "x-forwarded-for", fields, "x-forwarded-for", is_trusted, exchange.client.peer);
    const http::Field* proto = is_trusted ? http::find_field(fields, "x-forwarded-proto") : nullptr;
    http::append_field(out, "x-forwarded-proto", proto != nullptr ? proto->value : std::string_view("http"));
    const http::Field* host = is_trusted ? http::find_field(fields, "x-forwarded-host") : nullptr;
    http::append_field(out, "x-forwarded-host", host != nullptr ? host->value : exchange.request.authority);
    append_list_field(
        out, "via", fields, "via", true,
        exchange.request.minor_version == 0 ? std::string_view("1.0 gatehouse") : std::string_view("1.1 gatehouse"));
}

void append_text_field(std::string& out, std::string_view name, std::string_view value) {
    if (!value.empty() && http::is_field_value(value)) http::append_field(out, name, value);
}

void append_identity(std::string& out, const Identity& identity) {
    append_text_field(out, "x-user-id", identity.id);
    append_text_field(out, "x-user-name", identity.name);
    append_text_field(out, "x-session-id", identity.session);
    if (identity.roles.empty()) return;
    out.append("x-user-roles: ");
    for (std::size_t i = 0; i < identity.roles.size(); ++i) {
        if (!http::is_field_value(identity.roles[i])) continue;
        if (i > 0) out.push_back(',');
        out.append(identity.roles[i]);
    }
    out.append("\r\n");
}

// RFC 9110 section 7.6.2; a value of 0 was answered before.
void append_max_forwards(std::string& out, const http::RequestHead& request) {
    const http::Field* field = http::find_field(request.fields, "max-forwards");
    if (field == nullptr || request.method != "OPTIONS") return;
    std::uint32_t hops = 0;
    const auto parsed = std::from_chars(field->value.data(), field->value.data() + field->value.size(), hops);
    if (parsed.ec == std::errc() && hops > 0) http::append_number_field(out, "max-forwards", hops - 1);
}

}  // namespace

bool is_written_by_gateway(std::string_view name) {
    switch (name.front()) {
        case 'x':
            return starts_folded(name, "x-forwarded") || starts_folded(name, "x-gatehouse-") ||
                   ascii::header_names_fold_equal(name, "x-real-ip") ||
                   ascii::header_names_fold_equal(name, "x-original-url") ||
                   ascii::header_names_fold_equal(name, "x-rewrite-url") ||
                   ascii::header_names_fold_equal(name, "x-request-id");
        case 'f': return name == "forwarded";
        case 'v': return name == "via";
        case 't': return name == "traceparent";
        case 'm': return ascii::header_names_fold_equal(name, "max-forwards");
        default: return false;
    }
}

std::string_view upstream_path(const Exchange& exchange, const RoutePlan& plan, std::string& storage) {
    if (plan.route->rewrite.empty()) return exchange.request.path;
    storage.assign(plan.rewrite_prefix);
    if (plan.rewrite_keeps_rest && !exchange.match.rest.empty()) {
        if (!storage.ends_with('/')) storage.push_back('/');
        storage.append(exchange.match.rest);
    }
    if (storage.empty()) storage.push_back('/');
    return storage;
}

void append_forward_head(std::string& out, const Exchange& exchange, std::string_view path,
                         std::string_view own_authority) {
    const http::RequestHead& request = exchange.request;
    http::append_request_line(out, request.method, path, request.has_query, request.query);
    http::append_field(out, "host", request.authority.empty() ? own_authority : request.authority);
    for (const http::Field& field : request.fields) {
        if (!is_written_by_gateway(field.name)) http::append_field(out, field.name, field.value);
    }
    append_forwarding_fields(out, exchange);
    http::append_field(out, "x-request-id", exchange.request_id);
    http::append_field(out, "traceparent", exchange.trace_parent);
    append_max_forwards(out, request);
    if (exchange.identity.present) append_identity(out, exchange.identity);
}

}  // namespace gatehouse::pipeline
