#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// Appends to JSON text without allocating once the string has its capacity.
namespace gatehouse::observe {

// With quotes; everything that is not plain is escaped, invalid UTF-8 becomes U+FFFD, so that the result is always one
// line of valid JSON.
void append_json_string(std::string& out, std::string_view text);
// The same without quotes, for a value that is put together from parts.
void append_json_text(std::string& out, std::string_view text);
void append_integer(std::string& out, std::int64_t value);
void append_unsigned(std::string& out, std::uint64_t value);
// Shortest form that reads back the same; null for infinities and NaN.
void append_json_number(std::string& out, double value);
// 2026-01-31T23:59:59.123Z (RFC 3339)
void append_rfc3339(std::string& out, std::int64_t unix_milliseconds);

}  // namespace gatehouse::observe
