#include "gateway/pipeline/cors.hpp"

#include <algorithm>

#include "gateway/http/characters.hpp"
#include "gateway/http/serializer.hpp"
#include "gateway/pipeline/problem.hpp"

namespace gatehouse::pipeline {

namespace {

constexpr std::string_view kEverybody = "*";
constexpr std::size_t kFieldNamesMax = 1024;
// What the services and the gateway say beyond the fields that pages may always read.
constexpr std::string_view kReadable =
    "etag, gatehouse-error, link, location, ratelimit, ratelimit-policy, retry-after, www-authenticate, x-request-id";

std::string_view value_of(const http::RequestHead& request, std::string_view name) {
    const http::Field* field = http::find_field(request.fields, name);
    return field == nullptr ? std::string_view() : field->value;
}

bool are_field_names(std::string_view text) {
    return text.size() <= kFieldNamesMax &&
           std::ranges::all_of(text, [](char c) { return c == ',' || c == ' ' || http::is_token_char(c); });
}

}  // namespace

bool is_preflight(const http::RequestHead& request) {
    return request.method == "OPTIONS" && !value_of(request, "origin").empty() &&
           !value_of(request, "access-control-request-method").empty();
}

std::string_view preflighted_method(const http::RequestHead& request) {
    return value_of(request, "access-control-request-method");
}

Cors::Cors(const config::Cors& settings) : settings_(settings) {}

bool Cors::allows(std::string_view origin) const {
    return std::ranges::any_of(settings_.origins,
                               [origin](const std::string& one) { return one == kEverybody || one == origin; });
}

void Cors::append_allowed(std::string& lines, std::string_view origin) const {
    const bool is_for_all = settings_.origins.front() == kEverybody;
    http::append_field(lines, "access-control-allow-origin", is_for_all ? kEverybody : origin);
    if (settings_.credentials) http::append_field(lines, "access-control-allow-credentials", "true");
}

void Cors::answer_preflight(Exchange& exchange) const {
    const http::RequestHead& request = exchange.request;
    const std::string_view origin = value_of(request, "origin");
    std::string& lines = exchange.response_fields;
    http::append_field(lines, "vary", "origin, access-control-request-method, access-control-request-headers");
    if (!allows(origin)) {
        set_error(exchange, 403, "origin_not_allowed", "Pages of this origin may not use this resource.");
        return;
    }
    append_allowed(lines, origin);
    http::append_field(lines, "access-control-allow-methods", preflighted_method(request));
    const std::string_view names = value_of(request, "access-control-request-headers");
    if (!names.empty() && are_field_names(names)) http::append_field(lines, "access-control-allow-headers", names);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(settings_.max_age).count();
    http::append_field(lines, "access-control-max-age", std::to_string(seconds));
    exchange.reply.clear();
    exchange.reply.status = 204;
}

void Cors::let_read(Exchange& exchange) const {
    std::string& lines = exchange.response_fields;
    const bool is_for_all = settings_.origins.front() == kEverybody;
    if (!is_for_all) http::append_field(lines, "vary", "origin");  // also for others: caches have to know
    const std::string_view origin = value_of(exchange.request, "origin");
    exchange.answers_cors = true;
    if (origin.empty() || !allows(origin)) return;
    append_allowed(lines, origin);
    http::append_field(lines, "access-control-expose-headers", kReadable);
}

}  // namespace gatehouse::pipeline
