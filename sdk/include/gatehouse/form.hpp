// application/x-www-form-urlencoded and query strings (WHATWG URL, 5): bounded, strict about percent-encoding.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse {

using Pairs = std::vector<std::pair<std::string, std::string>>;  // order kept, names may repeat

struct FormLimits {
    std::size_t bytes = 64 * 1024;
    std::size_t pairs = 256;
};

// Decodes %XX and '+'. Empty on a malformed escape, on text that is not UTF-8, on a NUL, or beyond the limits.
[[nodiscard]] std::optional<Pairs> parse_form(std::string_view text, FormLimits limits = {});

// Only %XX, no '+': for one path segment or cookie value. Empty on a malformed escape.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);
// Leaves unreserved characters (RFC 3986, 2.3) and encodes all others: for path segments and query values.
[[nodiscard]] std::string percent_encode(std::string_view text);

[[nodiscard]] bool is_utf8(std::string_view text);
// Unicode code points in valid UTF-8.
[[nodiscard]] std::size_t count_code_points(std::string_view text);

}  // namespace gatehouse
