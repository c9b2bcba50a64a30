#include <gatehouse/time.hpp>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <limits>

namespace gatehouse {

namespace {

using namespace std::chrono;

// What RFC 3339 can write in UTC.
constexpr Time kFirst = sys_days(year(0) / January / 1);
constexpr Time kLast = sys_days(year(9999) / December / 31) + days(1) - milliseconds(1);

// Takes exactly `count` digits off the front of text; false if they are not there.
bool take_digits(std::string_view& text, std::size_t count, int& out) {
    if (text.size() < count) return false;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9') return false;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    out = value;
    return true;
}

bool take_char(std::string_view& text, std::string_view any_of) {
    if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<Date> take_date(std::string_view& text) {
    int y = 0;
    int m = 0;
    int d = 0;
    if (!take_digits(text, 4, y) || !take_char(text, "-") || !take_digits(text, 2, m) || !take_char(text, "-") ||
        !take_digits(text, 2, d)) {
        return std::nullopt;
    }
    const year_month_day date{year(y), month(static_cast<unsigned>(m)), day(static_cast<unsigned>(d))};
    if (!date.ok()) return std::nullopt;
    return sys_days(date);
}

std::optional<milliseconds> take_clock(std::string_view& text) {
    int h = 0;
    int m = 0;
    int s = 0;
    if (!take_digits(text, 2, h) || !take_char(text, ":") || !take_digits(text, 2, m) || !take_char(text, ":") ||
        !take_digits(text, 2, s) || h > 23 || m > 59 || s > 60) {
        return std::nullopt;
    }
    milliseconds time = hours(h) + minutes(m) + seconds(s);
    if (take_char(text, ".")) {
        int weight = 100;
        std::size_t digits = 0;
        for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits, weight /= 10) {
            time += milliseconds((text[digits] - '0') * weight);
        }
        if (digits == 0) return std::nullopt;
        text.remove_prefix(digits);
    }
    return time;
}

std::optional<minutes> take_offset(std::string_view& text) {
    if (take_char(text, "Zz")) return minutes(0);
    if (text.empty()) return std::nullopt;
    const char sign = text.front();
    int h = 0;
    int m = 0;
    if (!take_char(text, "+-") || !take_digits(text, 2, h) || !take_char(text, ":") || !take_digits(text, 2, m) ||
        h > 23 || m > 59) {
        return std::nullopt;
    }
    const minutes offset = hours(h) + minutes(m);
    return sign == '-' ? -offset : offset;
}

void append_digits(std::string& text, unsigned value, std::size_t digits) {
    const std::size_t start = text.size();
    text.resize(start + digits);
    for (std::size_t i = digits; i-- > 0; value /= 10) text[start + i] = static_cast<char>('0' + value % 10);
}

void append_date(std::string& text, Date date) {
    const year_month_day parts(date);
    const int y = static_cast<int>(parts.year());
    if (y < 0) text += '-';
    const auto year = static_cast<unsigned>(y < 0 ? -y : y);
    append_digits(text, year, year > 9999 ? 5 : 4);  // std::chrono::year ends at 32767
    append_digits(text += '-', static_cast<unsigned>(parts.month()), 2);
    append_digits(text += '-', static_cast<unsigned>(parts.day()), 2);
}

}  // namespace

std::string to_iso_date(Date date) {
    std::string text;
    append_date(text, date);
    return text;
}

std::string to_rfc3339(Time time) {
    const Date date = floor<days>(time);
    const hh_mm_ss<milliseconds> clock(time - date);
    std::string text;
    text.reserve(24);
    append_date(text, date);
    append_digits(text += 'T', static_cast<unsigned>(clock.hours().count()), 2);
    append_digits(text += ':', static_cast<unsigned>(clock.minutes().count()), 2);
    append_digits(text += ':', static_cast<unsigned>(clock.seconds().count()), 2);
    append_digits(text += '.', static_cast<unsigned>(clock.subseconds().count()), 3);
    return text += 'Z';
}

std::optional<Date> parse_iso_date(std::string_view text) {
    const auto date = take_date(text);
    if (!text.empty()) return std::nullopt;
    return date;
}

std::optional<Time> parse_rfc3339(std::string_view text) {
    const auto date = take_date(text);
    if (!date || !take_char(text, "Tt ")) return std::nullopt;
    const auto clock = take_clock(text);
    if (!clock) return std::nullopt;
    const auto offset = take_offset(text);
    if (!offset || !text.empty()) return std::nullopt;
    const Time time = Time(*date) + *clock - *offset;
    if (time < kFirst || time > kLast) return std::nullopt;  // by its offset, or a leap second
    return time;
}

std::string to_http_date(Time time) {
    static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const Date date = floor<days>(time);
    const year_month_day parts(date);
    const hh_mm_ss<milliseconds> clock(time - date);
    std::array<char, 48> text{};
    const int length = std::snprintf(
        text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT", kDays.at(weekday(date).c_encoding()),
        static_cast<unsigned>(parts.day()), kMonths.at(static_cast<unsigned>(parts.month()) - 1),
        static_cast<int>(parts.year()), static_cast<int>(clock.hours().count()),
        static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
    return {text.data(), static_cast<std::size_t>(length)};
}

std::optional<milliseconds> parse_duration(std::string_view text) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc() || count < 0 || text.front() == '-') return std::nullopt;
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    std::int64_t scale = 0;
    if (unit == "ms") scale = 1;
    if (unit == "s") scale = 1000;
    if (unit == "m") scale = 60'000;
    if (unit == "h") scale = 3'600'000;
    if (unit == "d") scale = 86'400'000;
    if (scale == 0 || count > std::numeric_limits<std::int64_t>::max() / scale) return std::nullopt;
    return milliseconds(count * scale);
}

std::string to_duration_text(milliseconds duration) {
    const std::int64_t count = duration.count();
    if (count != 0 && count % 86'400'000 == 0) return std::to_string(count / 86'400'000) + "d";
    if (count != 0 && count % 3'600'000 == 0) return std::to_string(count / 3'600'000) + "h";
    if (count != 0 && count % 60'000 == 0) return std::to_string(count / 60'000) + "m";
    if (count % 1000 == 0) return std::to_string(count / 1000) + "s";
    return std::to_string(count) + "ms";
}

}  // namespace gatehouse
