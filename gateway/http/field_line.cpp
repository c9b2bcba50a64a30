#include "gateway/http/field_line.hpp"

namespace gatehouse::http {

std::string_view explain_bad_field_line(const char* line) {
    if (is_blank(*line)) return "folded_line";
    const char* position = line;
    while (is_token_char(*position)) ++position;
    if (position != line && is_blank(*position)) return "space_before_colon";
    return "bad_header_name";
}

}  // namespace gatehouse::http
