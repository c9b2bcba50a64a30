#include <gatehouse/detail/request_values.hpp>

#include <charconv>
#include <cmath>

namespace gatehouse::detail {

std::string parse_integer(std::string_view text, std::int64_t& out) {
    const char* end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, out);
    if (result.ec == std::errc::result_out_of_range && result.ptr == end) return "is out of range";
    return result.ec == std::errc() && result.ptr == end ? "" : "must be an integer";
}

std::string parse_number(std::string_view text, double& out) {
    const char* end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, out);
    if (result.ec == std::errc::result_out_of_range && result.ptr == end) return "is out of range";
    return result.ec == std::errc() && result.ptr == end && std::isfinite(out) ? "" : "must be a number";
}

std::string parse_boolean(std::string_view text, bool& out) {
    out = text == "true" || text == "1";
    return out || text == "false" || text == "0" ? "" : "must be true or false";
}

bool is_clean_text(std::string_view text) { return text.find('\0') == std::string_view::npos && is_utf8(text); }

void throw_bad_parameter(std::string_view name, std::string detail) {
    throw Invalid::parameter(std::string(name), std::move(detail));
}

void throw_out_of_range(std::string_view name, const std::string& low, const std::string& high) {
    throw Invalid::parameter(std::string(name), "must be between " + low + " and " + high);
}

}  // namespace gatehouse::detail
