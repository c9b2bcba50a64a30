#include "plugins/media/byte_range.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include <gatehouse/problem.hpp>

namespace media {

namespace {

constexpr std::string_view kUnit = "bytes=";

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

// Digits only. Beyond 64 bits: as large as can be, which is outside of everything.
std::optional<std::uint64_t> parse_number(std::string_view text) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
    std::uint64_t number = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    return result.ec == std::errc() ? number : UINT64_MAX;
}

[[noreturn]] void refuse(std::uint64_t size) {
    gatehouse::Problem problem(416, "Range Not Satisfiable");
    problem.header("content-range", "bytes */" + std::to_string(size));
    throw problem;
}

}  // namespace

std::optional<ByteRange> parse_range(std::string_view field, std::uint64_t size) {
    if (!field.starts_with(kUnit)) return std::nullopt;
    const std::string_view range = trim(field.substr(kUnit.size()));
    const std::size_t dash = range.find('-');
    if (dash == std::string_view::npos || range.find(',') != std::string_view::npos) return std::nullopt;
    const std::string_view before = range.substr(0, dash), after = range.substr(dash + 1);
    const auto first = parse_number(before), last = parse_number(after);
    if ((!before.empty() && !first) || (!after.empty() && !last) || (!first && !last)) return std::nullopt;
    if (!first) {  // the last so many
        if (*last == 0 || size == 0) refuse(size);
        return ByteRange{size - std::min(*last, size), size - 1};
    }
    if (last && *last < *first) return std::nullopt;
    if (*first >= size) refuse(size);
    return ByteRange{*first, last ? std::min(*last, size - 1) : size - 1};
}

}  // namespace media
