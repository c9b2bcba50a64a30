// UTF-8 (RFC 3629): decoding one code point at a time, strictly.
#pragma once

#include <cstddef>
#include <string_view>

namespace gatehouse::detail {

// Length in octets of the well-formed sequence at the front of text: 1..4; 0 if there is none (overlong forms,
// surrogates and values above U+10FFFF are not well-formed). REQUIRES: text is not empty.
[[nodiscard]] std::size_t utf8_sequence(std::string_view text);

}  // namespace gatehouse::detail
