#include "gateway/http/request_target.hpp"

#include <algorithm>

#include "gateway/base/ascii.hpp"
#include "gateway/http/authority.hpp"
#include "gateway/http/characters.hpp"

namespace gatehouse::http {

namespace {

bool refuse(RequestTarget& target, int status, std::string_view reason) {
    target.failure = {status, reason};
    return false;
}

std::string_view view(std::span<const char> text) { return {text.data(), text.size()}; }

// Browsers leave more in a query than RFC 3986 allows, so all of visible ASCII may stand there but the fragment sign.
bool is_query(std::string_view query) {
    return std::all_of(query.begin(), query.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '#'; });
}

// Consumes "scheme://authority"; what is left is path and query.
bool take_scheme_and_authority(std::span<char>& text, ConnectionSecurity security, RequestTarget& target) {
    constexpr std::string_view kSeparator = "://";
    const std::size_t scheme_size = view(text).find(kSeparator);
    if (scheme_size == std::string_view::npos) return refuse(target, 400, "bad_target");
    const std::string_view scheme = view(text).substr(0, scheme_size);
    const bool is_https = ascii::iequals(scheme, "https");
    if (!is_https && !ascii::iequals(scheme, "http")) return refuse(target, 400, "bad_scheme");
    if (is_https != (security == ConnectionSecurity::tls)) return refuse(target, 400, "scheme_mismatch");

    text = text.subspan(scheme_size + kSeparator.size());
    const std::size_t size = std::min(view(text).find_first_of("/?"), text.size());
    const auto authority = normalize_authority(text.first(size));
    if (!authority) return refuse(target, 400, "bad_authority");
    target.has_authority = true;
    target.authority = *authority;
    text = text.subspan(size);
    return true;
}

bool take_path(std::span<char> path, EncodedSlash encoded_slash, RequestTarget& target) {
    const NormalizedPath normalized = normalize_path(path, encoded_slash);
    if (!normalized.refusal.empty()) return refuse(target, 400, normalized.refusal);
    target.path = {path.data(), normalized.size};
    target.has_encoded_slash = normalized.has_encoded_slash;
    return true;
}

}  // namespace

RequestTarget parse_request_target(std::span<char> text, std::string_view method, ConnectionSecurity security,
                                   EncodedSlash encoded_slash) {
    RequestTarget target;
    if (method == "CONNECT") {
        refuse(target, 501, "connect_not_supported");
        return target;
    }
    const bool is_options = method == "OPTIONS";
    if (view(text) == "*") {
        if (!is_options) refuse(target, 400, "asterisk_form");
        target.path = "*";
        return target;
    }
    if (text.empty() || text.front() != '/') {
        if (!take_scheme_and_authority(text, security, target)) return target;
        if (text.empty()) {  // RFC 9112 section 3.2.4
            target.path = is_options ? "*" : "/";
            return target;
        }
    }

    const std::size_t path_size = std::min(view(text).find('?'), text.size());
    if (path_size < text.size()) {
        target.has_query = true;
        target.query = view(text).substr(path_size + 1);
        if (!is_query(target.query)) {
            refuse(target, 400, "bad_query_character");
            return target;
        }
    }
    if (path_size == 0) {
        target.path = "/";
    } else {
        take_path(text.first(path_size), encoded_slash, target);
    }
    return target;
}

}  // namespace gatehouse::http
