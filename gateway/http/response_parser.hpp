#pragma once

#include <span>
#include <string_view>

#include "gateway/http/head_scanner.hpp"
#include "gateway/http/limits.hpp"
#include "gateway/http/message.hpp"
#include "gateway/http/parse_result.hpp"

namespace gatehouse::http {

// Parses one response head of an upstream; same calling rules as RequestParser. Framing depends on the request's method
// (HEAD has no body) and the status (1xx, 204, 304 have none). Any breach is a failure: the gateway answers 502.
// 1xx responses are returned like any other (status < 200, framing none); the caller goes on with the next head. 101 is
// a failure: nobody asked for it.
//
// keep_alive says what the head says. Octets that are left over when the body has ended belong to no request: the
// caller closes the connection then (RFC 9112 section 6.3).
class ResponseParser final {
public:
    explicit ResponseParser(const Limits& limits) : limits_(limits) {}

    ParseResult parse(std::span<char> received, bool request_was_head, ResponseHead& head);
    void reset() { scanner_.reset(); }

private:
    // Each returns a reason token, empty if all is well.
    std::string_view parse_head(std::span<char> text, bool request_was_head, ResponseHead& head) const;
    std::string_view parse_fields(std::span<char> lines, bool request_was_head, ResponseHead& head) const;

    const Limits& limits_;
    HeadScanner scanner_;
};

}  // namespace gatehouse::http
