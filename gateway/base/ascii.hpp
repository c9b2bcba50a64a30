#pragma once

#include <algorithm>
#include <string>
#include <string_view>

// ASCII only, independent of the locale.
namespace gatehouse::ascii {

constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr bool iequals(std::string_view left, std::string_view right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](char a, char b) { return to_lower(a) == to_lower(b); });
}

inline std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), to_lower);
    return result;
}

// The form in which header names are compared against reserved ones: many backends read '_' and '.' as '-'.
constexpr char fold_header_char(char c) { return c == '_' || c == '.' ? '-' : to_lower(c); }

constexpr bool header_names_fold_equal(std::string_view left, std::string_view right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](char a, char b) { return fold_header_char(a) == fold_header_char(b); });
}

}  // namespace gatehouse::ascii
