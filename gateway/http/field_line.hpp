#pragma once

#include <string_view>

#include "gateway/http/message.hpp"
#include "gateway/http/octet_search.hpp"

namespace gatehouse::http {

// Reads the field line at `line` of a scanned head that ends at `end`, lower-casing the name in place. Returns the
// start of the next line, or nullptr if this is no field line (RFC 9112 section 5): see explain_bad_field_line().
inline char* parse_field_line(char* line, char* end, Field& field) {
    char* position = line;
    for (char lower; (lower = kTokenLower[octet(*position)]) != 0; ++position) *position = lower;
    if (*position != ':' || position == line) return nullptr;
    field.name = {line, static_cast<std::size_t>(position - line)};

    do ++position;
    while (is_blank(*position));
    char* const line_end = find_carriage_return(position, end);
    char* value_end = line_end;
    while (value_end != position && is_blank(value_end[-1])) --value_end;
    field.value = {position, static_cast<std::size_t>(value_end - position)};
    return line_end + 2;
}

// The reason token for a line that parse_field_line() refused.
std::string_view explain_bad_field_line(const char* line);

}  // namespace gatehouse::http
