#pragma once

#include <span>

#include "gateway/http/head_scanner.hpp"
#include "gateway/http/limits.hpp"
#include "gateway/http/message.hpp"
#include "gateway/http/parse_result.hpp"
#include "gateway/http/request_target.hpp"

namespace gatehouse::http {

// Parses one request head, strictly (RFC 9112, rules with statuses and reason tokens in the README). Sans-IO and
// zero-copy: works in place on the read buffer, lower-casing names and normalising the target there.
//
// Call parse() with everything received so far, beginning at the request line, each time more has come; the start of
// the buffer may have moved in between (pass a fresh span), its old octets must be unchanged. Nothing is modified
// before the head is complete. After complete or failed, reset() before the next request. One empty line before the
// request line is skipped and counted in `consumed`.
class RequestParser final {
public:
    // With EncodedSlash::keep the caller refuses head.has_encoded_slash on every route that does not allow it.
    explicit RequestParser(const Limits& limits, ConnectionSecurity security = ConnectionSecurity::plain,
                           EncodedSlash encoded_slash = EncodedSlash::refuse)
        : limits_(limits), security_(security), encoded_slash_(encoded_slash) {}

    ParseResult parse(std::span<char> received, RequestHead& head);
    void reset() { scanner_.reset(); }

private:
    ParseFailure parse_head(std::span<char> text, RequestHead& head) const;
    ParseFailure parse_request_line(std::span<char> line, RequestHead& head) const;

    const Limits& limits_;
    ConnectionSecurity security_;
    EncodedSlash encoded_slash_;
    HeadScanner scanner_;
};

}  // namespace gatehouse::http
