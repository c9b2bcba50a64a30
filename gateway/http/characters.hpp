#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "gateway/base/ascii.hpp"

// Character classes of RFC 9110, RFC 9112 and RFC 3986 as tables: one load per octet.
namespace gatehouse::http {

constexpr std::uint8_t octet(char c) { return static_cast<std::uint8_t>(c); }
constexpr bool is_alphanumeric(char c) {
    return ascii::is_digit(c) || (ascii::to_lower(c) >= 'a' && ascii::to_lower(c) <= 'z');
}

// The lower-case form of a token character (RFC 9110 section 5.6.2); 0 for every other octet.
inline constexpr auto kTokenLower = [] {
    std::array<char, 256> table{};
    for (int i = 0; i < 128; ++i) {
        const char c = static_cast<char>(i);
        const bool other = std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
        if (is_alphanumeric(c) || other) table[octet(c)] = ascii::to_lower(c);
    }
    return table;
}();
constexpr bool is_token_char(char c) { return kTokenLower[octet(c)] != 0; }

// RFC 9110 section 5.5: visible octets, obs-text, SP and HTAB; no other control.
constexpr bool is_field_value_char(char c) { return (octet(c) >= 0x20 && c != 0x7f) || c == '\t'; }

// Value of a hexadecimal digit, -1 for other octets.
inline constexpr auto kHexValue = [] {
    std::array<std::int8_t, 256> table{};
    table.fill(-1);
    for (int i = 0; i < 10; ++i) table['0' + i] = static_cast<std::int8_t>(i);
    for (int i = 0; i < 6; ++i) table['a' + i] = table['A' + i] = static_cast<std::int8_t>(10 + i);
    return table;
}();
constexpr int hex_value(char c) { return kHexValue[octet(c)]; }
inline constexpr char kUpperHex[] = "0123456789ABCDEF";

// RFC 3986 section 2.3.
constexpr bool is_unreserved(char c) { return is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~'; }

// What a path may contain besides escapes: pchar and "/" (RFC 3986 section 3.3).
inline constexpr auto kPathChar = [] {
    std::array<bool, 256> table{};
    for (int i = 0; i < 128; ++i) {
        const char c = static_cast<char>(i);
        table[octet(c)] = is_unreserved(c) || std::string_view("!$&'()*+,;=:@/").find(c) != std::string_view::npos;
    }
    return table;
}();
constexpr bool is_path_char(char c) { return kPathChar[octet(c)]; }

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

constexpr std::string_view trim_blanks(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

}  // namespace gatehouse::http
