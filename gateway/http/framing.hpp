#pragma once

#include <cstdint>
#include <string_view>

#include "gateway/http/message.hpp"
#include "gateway/http/parse_result.hpp"

namespace gatehouse::http {

// Gathers the fields that say where a body ends, and refuses everything on which two readers could differ (RFC 9112
// section 6): a second Content-Length or Transfer-Encoding even if equal, both together, other codings than chunked.
// Each function returns false once the message is to be refused, with the cause in failure().
class BodyFraming final {
public:
    bool add_content_length(std::string_view value);
    bool add_transfer_encoding(std::string_view value);
    // After the last field.
    bool finish(int minor_version);

    bool has_content_length() const { return has_content_length_; }
    bool is_chunked() const { return is_chunked_; }
    std::uint64_t content_length() const { return content_length_; }
    const ParseFailure& failure() const { return failure_; }

private:
    bool fail(int status, std::string_view reason);

    std::uint64_t content_length_ = 0;
    bool has_content_length_ = false;
    bool is_chunked_ = false;
    ParseFailure failure_;
};

}  // namespace gatehouse::http
