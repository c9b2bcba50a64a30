#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"

// The small languages inside of values. Whole numbers only, a unit always, no spaces: 250ms, 32KiB, 600/min.
namespace gatehouse::config {

struct ValueError {
    enum class Kind : std::uint8_t { malformed, no_unit, out_of_range };
    Kind kind = Kind::malformed;
    std::string help;
};

template <class T>
using Parsed = Result<T, ValueError>;

struct Rate {
    std::uint64_t limit = 0;
    std::chrono::nanoseconds period{0};
};

// Decimal digits, no sign, no leading zero.
Parsed<std::uint64_t> parse_whole_number(std::string_view text);
// ms, s, m, h, d. At most 10 000 days.
Parsed<std::chrono::milliseconds> parse_duration(std::string_view text);
// B, KiB, MiB, GiB, in octets.
Parsed<std::uint64_t> parse_size(std::string_view text);
// "600/min": s, min, h or day; 1 to 1 000 000 000 requests.
Parsed<Rate> parse_rate(std::string_view text);

// The shortest exact text that the parsers above read back.
std::string format_duration(std::chrono::milliseconds value);
std::string format_size(std::uint64_t bytes);
std::string format_rate(const Rate& rate);

}  // namespace gatehouse::config
