#pragma once

#include <span>

#include "gateway/http/limits.hpp"
#include "gateway/http/message.hpp"
#include "gateway/http/parse_result.hpp"

namespace gatehouse::http {

// Parses one request head, strictly (RFC 9112, reliability rules in the tests' table). Sans-IO and zero-copy: works in
// place on the read buffer, lower-casing names and normalising the target there.
//
// Call parse() with everything received so far, beginning at the request line, each time more has come; the start of
// the buffer may have moved in between (pass a fresh span), its old octets must be unchanged. Nothing is modified
// before the head is complete. After complete or failed, reset() before the next request.
class RequestParser final {
public:
    explicit RequestParser(const Limits& limits) : limits_(limits) {}

    ParseResult parse(std::span<char> received, RequestHead& head);
    void reset() { scanned_ = 0; }

private:
    const Limits& limits_;
    std::size_t scanned_ = 0;  // octets already searched for the end of the head
};

}  // namespace gatehouse::http
