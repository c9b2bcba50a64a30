#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gatehouse::http {

enum class ParseStatus : std::uint8_t { need_more, complete, failed };

// A refusal: the status that a client gets and a stable token for log and metric ("bad_header_name").
struct ParseFailure {
    int status = 400;
    std::string_view reason;
};

struct ParseResult {
    ParseStatus status = ParseStatus::need_more;
    std::size_t consumed = 0;  // octets of the head, with complete
    ParseFailure failure;      // with failed
};

}  // namespace gatehouse::http
