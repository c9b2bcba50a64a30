#pragma once

#include <cstddef>
#include <string_view>

#include "gateway/http/limits.hpp"
#include "gateway/http/parse_result.hpp"

namespace gatehouse::http {

// Finds the empty line that ends a head, looking at every octet once however the head is cut into pieces. On the way it
// refuses what no head may contain anywhere: LF without CR, CR without LF, NUL and the other controls (RFC 9112 section
// 2.2, RFC 9110 section 5.5), and heads over their limits. Those who read the head afterwards rely on that.
class HeadScanner final {
public:
    // head: everything received of this message, from its first line on. complete: consumed covers the empty line.
    ParseResult scan(std::string_view head, const Limits& limits);
    void reset() { scanned_ = line_start_ = 0; }

private:
    std::size_t scanned_ = 0;     // octets that need not be looked at again
    std::size_t line_start_ = 0;  // of the line being received; 0 while that is the first
};

}  // namespace gatehouse::http
