#include "gateway/http/connection_options.hpp"

#include <algorithm>

#include "gateway/base/ascii.hpp"
#include "gateway/http/characters.hpp"
#include "gateway/http/serializer.hpp"

namespace gatehouse::http {

namespace {

constexpr std::array<std::string_view, 15> kKeptInRequests = {
    "authorization", "cache-control",   "content-encoding", "content-type", "cookie",      "date",
    "forwarded",     "idempotency-key", "max-forwards",     "origin",       "traceparent", "tracestate",
    "via",           "x-real-ip",       "x-request-id"};

bool is_kept_in_requests(std::string_view name) {
    return name.starts_with("x-forwarded-") ||
           std::find(kKeptInRequests.begin(), kKeptInRequests.end(), name) != kKeptInRequests.end();
}

}  // namespace

bool ConnectionOptions::add(std::string_view value) {
    while (true) {
        const std::size_t comma = value.find(',');
        const std::string_view option = trim_blanks(value.substr(0, comma));
        if (++options_ > kOptionsMax) return false;
        if (ascii::iequals(option, "keep-alive")) {
            keep_alive_ = true;
        } else if (ascii::iequals(option, "close")) {
            close_ = true;
        } else if (is_token(option)) {
            if (named_ == kNamedMax) return false;
            names_[named_++] = option;
        } else if (!option.empty()) {  // empty elements of a list are ignored
            return false;
        }
        if (comma == std::string_view::npos) return true;
        value.remove_prefix(comma + 1);
    }
}

bool ConnectionOptions::is_named(std::string_view name) const {
    return std::any_of(names_.begin(), names_.begin() + named_,
                       [name](std::string_view option) { return ascii::iequals(option, name); });
}

void ConnectionOptions::remove_named_from_request(std::vector<Field>& fields) const {
    std::erase_if(fields,
                  [this](const Field& field) { return is_named(field.name) && !is_kept_in_requests(field.name); });
}

void ConnectionOptions::remove_named_from_response(std::vector<Field>& fields) const {
    std::erase_if(fields, [this](const Field& field) { return is_named(field.name); });
}

}  // namespace gatehouse::http
