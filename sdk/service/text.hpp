// ASCII helpers for header fields.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::detail {

[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);
[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] std::string_view trim(std::string_view text);  // spaces and tabs
[[nodiscard]] bool is_token(std::string_view text);          // RFC 9110, 5.6.2
[[nodiscard]] bool is_field_value(std::string_view text);    // no control characters but tab

}  // namespace gatehouse::detail
