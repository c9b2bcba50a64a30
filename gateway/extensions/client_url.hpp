#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::extensions {

// An absolute URL as plugins may ask for it: http or https, no user, no fragment (RFC 3986 section 3).
struct ClientUrl {
    std::string origin;  // "http://host:port", lower-case, the port always there: what is compared with the allow list
    std::string target;  // "/path?query"
    bool is_https = false;
    std::string host;  // without brackets
    std::uint16_t port = 0;
};

// Empty: not such a URL.
std::optional<ClientUrl> parse_url(std::string_view text);

}  // namespace gatehouse::extensions
