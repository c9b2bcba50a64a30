#pragma once

#include <span>

#include "gateway/http/limits.hpp"
#include "gateway/http/message.hpp"
#include "gateway/http/parse_result.hpp"

namespace gatehouse::http {

// Parses one response head of an upstream; same calling rules as RequestParser. Framing depends on the request's method
// (HEAD has no body) and the status (1xx, 204, 304 have none). Any breach is a failure: the gateway answers 502.
// 1xx responses are returned like any other (status < 200, framing none); the caller goes on with the next head.
class ResponseParser final {
public:
    explicit ResponseParser(const Limits& limits) : limits_(limits) {}

    ParseResult parse(std::span<char> received, bool request_was_head, ResponseHead& head);
    void reset() { scanned_ = 0; }

private:
    const Limits& limits_;
    std::size_t scanned_ = 0;
};

}  // namespace gatehouse::http
