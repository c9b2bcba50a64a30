#pragma once

#include "gateway/http/limits.hpp"

namespace gatehouse::upstream {

// What a response head of an upstream may cost: more generous than for clients, bounded all the same.
inline const http::Limits& response_limits() {
    static const http::Limits limits{.request_line_bytes = 8 * 1024, .header_bytes = 64 * 1024, .header_count = 200};
    return limits;
}

}  // namespace gatehouse::upstream
