#include "gateway/config/values.hpp"

#include <charconv>
#include <iterator>
#include <limits>

#include "gateway/base/ascii.hpp"

namespace gatehouse::config {

namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

// Largest first: what format_* tries.
constexpr Unit kDurationUnits[] = {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}};
constexpr Unit kSizeUnits[] = {{"GiB", 1ULL << 30}, {"MiB", 1ULL << 20}, {"KiB", 1ULL << 10}, {"B", 1}};
constexpr Unit kRateUnits[] = {
    {"day", 86'400'000'000'000}, {"h", 3'600'000'000'000}, {"min", 60'000'000'000}, {"s", 1'000'000'000}};

constexpr std::uint64_t kLongestDuration = 10'000ULL * 86'400'000;
constexpr std::uint64_t kHighestRate = 1'000'000'000;

struct Split {
    std::uint64_t number = 0;
    std::string_view rest;
};

Parsed<Split> split_number(std::string_view text, const char* example) {
    std::size_t digits = 0;
    while (digits < text.size() && ascii::is_digit(text[digits])) ++digits;
    if (digits == 0) return ValueError{ValueError::Kind::malformed, std::string("write it like ") + example};
    if (digits > 1 && text.front() == '0') {
        return ValueError{ValueError::Kind::malformed, "a number has no leading zero"};
    }
    Split split;
    const auto [end, error] = std::from_chars(text.data(), text.data() + digits, split.number);
    if (error != std::errc{}) return ValueError{ValueError::Kind::out_of_range, "the number is too large"};
    split.rest = text.substr(digits);
    return split;
}

template <std::size_t N>
const Unit* find_unit(const Unit (&units)[N], std::string_view name) {
    for (const Unit& unit : units) {
        if (unit.name == name) return &unit;
    }
    return nullptr;
}

template <std::size_t N>
std::string format(const Unit (&units)[N], std::uint64_t value) {
    for (const Unit& unit : units) {
        if (value != 0 && value % unit.factor == 0) return std::to_string(value / unit.factor) + std::string(unit.name);
    }
    return "0" + std::string(units[N - 1].name);
}

// A number and one of the units; the product fits.
template <std::size_t N>
Parsed<std::uint64_t> parse_with_unit(std::string_view text, const Unit (&units)[N], const char* example,
                                      const char* choices, const std::string& help_without_unit) {
    const auto split = split_number(text, example);
    if (!split) return split.error();
    if (split->rest.empty()) return ValueError{ValueError::Kind::no_unit, help_without_unit};
    const Unit* unit = find_unit(units, split->rest);
    if (unit == nullptr) {
        return ValueError{ValueError::Kind::malformed,
                          std::string("units are ") + choices + ": write it like " + example};
    }
    if (split->number > std::numeric_limits<std::uint64_t>::max() / unit->factor) {
        return ValueError{ValueError::Kind::out_of_range, "the number is too large"};
    }
    return split->number * unit->factor;
}

}  // namespace

Parsed<std::uint64_t> parse_whole_number(std::string_view text) {
    const auto split = split_number(text, "20");
    if (!split) return split.error();
    if (!split->rest.empty()) return ValueError{ValueError::Kind::malformed, "write a whole number without a unit"};
    return split->number;
}

Parsed<std::chrono::milliseconds> parse_duration(std::string_view text) {
    const std::string number(text);
    const auto value = parse_with_unit(text, kDurationUnits, "500ms or 15s", "ms, s, m, h and d",
                                       "write " + number + "ms or " + number + "s");
    if (!value) return value.error();
    if (*value > kLongestDuration) return ValueError{ValueError::Kind::out_of_range, "at most 10000d"};
    return std::chrono::milliseconds(static_cast<std::int64_t>(*value));
}

Parsed<std::uint64_t> parse_size(std::string_view text) {
    const std::string number(text);
    return parse_with_unit(text, kSizeUnits, "32KiB or 10MiB", "B, KiB, MiB and GiB",
                           "write " + number + "KiB or " + number + "MiB");
}

Parsed<Rate> parse_rate(std::string_view text) {
    const auto split = split_number(text, "600/min");
    if (!split) return split.error();
    if (split->rest.empty()) {
        return ValueError{ValueError::Kind::no_unit,
                          "write " + std::string(text) + "/s or " + std::string(text) + "/min"};
    }
    const Unit* unit = split->rest.front() == '/' ? find_unit(kRateUnits, split->rest.substr(1)) : nullptr;
    if (unit == nullptr) {
        return ValueError{ValueError::Kind::malformed, "periods are s, min, h and day: write it like 600/min"};
    }
    if (split->number == 0 || split->number > kHighestRate) {
        return ValueError{ValueError::Kind::out_of_range, "between 1 and 1000000000 requests"};
    }
    return Rate{split->number, std::chrono::nanoseconds(static_cast<std::int64_t>(unit->factor))};
}

std::string format_duration(std::chrono::milliseconds value) {
    return format(kDurationUnits, static_cast<std::uint64_t>(value.count()));
}

std::string format_size(std::uint64_t bytes) { return format(kSizeUnits, bytes); }

std::string format_rate(const Rate& rate) {
    for (const Unit& unit : kRateUnits) {
        if (static_cast<std::uint64_t>(rate.period.count()) == unit.factor) {
            return std::to_string(rate.limit) + "/" + std::string(unit.name);
        }
    }
    return std::to_string(rate.limit) + "/" + std::to_string(rate.period.count()) + "ns";
}

}  // namespace gatehouse::config
