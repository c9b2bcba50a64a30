#pragma once

#include <span>
#include <string_view>

#include "gateway/http/parse_result.hpp"
#include "gateway/http/target.hpp"

namespace gatehouse::http {

// Whether the client's connection is encrypted: an https target is refused where it is not, and the other way round.
enum class ConnectionSecurity : std::uint8_t { plain, tls };

struct RequestTarget {
    std::string_view path;  // normalised, or "*"
    std::string_view query;
    bool has_query = false;
    bool has_encoded_slash = false;
    bool has_authority = false;  // absolute-form
    std::string_view authority;  // normalised, with has_authority
    ParseFailure failure;        // reason is empty if all is well
};

// Parses and normalises a request target in place: origin-form, absolute-form, and "*" for OPTIONS (RFC 9112 section
// 3.2). authority-form (CONNECT) is refused: this gateway is no tunnel. The query keeps its octets.
RequestTarget parse_request_target(std::span<char> text, std::string_view method, ConnectionSecurity security,
                                   EncodedSlash encoded_slash);

}  // namespace gatehouse::http
