#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::http {

// An absolute URL: http or https, no user, no fragment (RFC 3986 section 3).
struct AbsoluteUrl {
    std::string origin;  // "http://host:port", lower-case, the port always there: what is compared with the allow list
    std::string target;  // "/path?query"
    bool is_https = false;
    std::string host;  // without brackets
    std::uint16_t port = 0;
};

// Empty: not such a URL.
std::optional<AbsoluteUrl> parse_absolute_url(std::string_view text);

}  // namespace gatehouse::http
