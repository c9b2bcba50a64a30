#include "gateway/observe/json_text.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace gatehouse::observe {

namespace {

// Octets that go into a JSON string as they are: printable ASCII but for the quote and the backslash.
constexpr auto kPlain = [] {
    std::array<bool, 256> plain{};
    for (int c = 0x20; c < 0x7f; ++c) plain[static_cast<std::size_t>(c)] = c != '"' && c != '\\';
    return plain;
}();

bool is_plain(char c) { return kPlain[static_cast<unsigned char>(c)]; }

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// Length of the well-formed UTF-8 sequence of two to four octets at the front, or 0 (Unicode table 3-7).
std::size_t sequence_length(std::string_view text) {
    const auto first = static_cast<unsigned char>(text[0]);
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if (!is_continuation(text[i])) return 0;
    }
    const auto second = static_cast<unsigned char>(text[1]);
    if (first == 0xe0 && second < 0xa0) return 0;  // overlong
    if (first == 0xed && second > 0x9f) return 0;  // surrogates
    if (first == 0xf0 && second < 0x90) return 0;  // overlong
    if (first == 0xf4 && second > 0x8f) return 0;  // above U+10FFFF
    return length;
}

void append_escape(std::string& out, unsigned char c) {
    static constexpr char kHex[] = "0123456789abcdef";
    switch (c) {
        case '"': out.append("\\\""); return;
        case '\\': out.append("\\\\"); return;
        case '\n': out.append("\\n"); return;
        case '\r': out.append("\\r"); return;
        case '\t': out.append("\\t"); return;
        default:
            out.append("\\u00");
            out.push_back(kHex[c >> 4]);
            out.push_back(kHex[c & 15]);
    }
}

// U+2028 and U+2029 end a line for some readers; C1 controls steer some terminals.
bool is_harmful(std::string_view sequence) {
    if (sequence.size() == 2) return sequence[0] == '\xc2' && static_cast<unsigned char>(sequence[1]) < 0xa0;
    return sequence == "\xe2\x80\xa8" || sequence == "\xe2\x80\xa9";
}

// Appends what stands at the front, which is not plain; returns how many octets of text that was.
std::size_t append_special(std::string& out, std::string_view text) {
    const auto c = static_cast<unsigned char>(text[0]);
    if (c < 0x80) {
        append_escape(out, c);
        return 1;
    }
    const std::size_t length = sequence_length(text);
    if (length == 0) {
        out.append("\xef\xbf\xbd");  // U+FFFD
        return 1;
    }
    if (is_harmful(text.substr(0, length))) {
        if (length == 2) {
            append_escape(out, static_cast<unsigned char>(text[1]));
        } else {
            out.append(text[2] == '\xa8' ? "\\u2028" : "\\u2029");
        }
    } else {
        out.append(text.substr(0, length));
    }
    return length;
}

void append_two_digits(char* out, unsigned value) {
    out[0] = static_cast<char>('0' + value / 10);
    out[1] = static_cast<char>('0' + value % 10);
}

template <class T>
void append_value(std::string& out, T value) {
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
    std::size_t start = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        if (is_plain(text[at])) {
            ++at;
            continue;
        }
        out.append(text.substr(start, at - start));
        at += append_special(out, text.substr(at));
        start = at;
    }
    out.append(text.substr(start));
}

void append_json_string(std::string& out, std::string_view text) {
    out.push_back('"');
    append_json_text(out, text);
    out.push_back('"');
}

void append_integer(std::string& out, std::int64_t value) { append_value(out, value); }
void append_unsigned(std::string& out, std::uint64_t value) { append_value(out, value); }

void append_json_number(std::string& out, double value) {
    if (std::isfinite(value)) {
        append_value(out, value);
    } else {
        out.append("null");
    }
}

// Days to civil date after Howard Hinnant's published algorithm; no time zone, no locale, no lock.
void append_rfc3339(std::string& out, std::int64_t unix_milliseconds) {
    constexpr std::int64_t kDay = 86'400'000;
    std::int64_t days = unix_milliseconds / kDay;
    std::int64_t rest = unix_milliseconds % kDay;
    if (rest < 0) {
        rest += kDay;
        --days;
    }
    const std::int64_t shifted = days + 719'468;
    const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
    const auto day_of_era = static_cast<unsigned>(shifted - era * 146'097);
    const unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    const unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const unsigned month_index = (5 * day_of_year + 2) / 153;
    const unsigned day = day_of_year - (153 * month_index + 2) / 5 + 1;
    const unsigned month = month_index < 10 ? month_index + 3 : month_index - 9;
    const auto year = static_cast<unsigned>(static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0));

    const auto ms = static_cast<unsigned>(rest);
    char text[] = "0000-00-00T00:00:00.000Z";
    append_two_digits(text, year / 100 % 100);
    append_two_digits(text + 2, year % 100);
    append_two_digits(text + 5, month);
    append_two_digits(text + 8, day);
    append_two_digits(text + 11, ms / 3'600'000);
    append_two_digits(text + 14, ms / 60'000 % 60);
    append_two_digits(text + 17, ms / 1000 % 60);
    text[20] = static_cast<char>('0' + ms % 1000 / 100);
    append_two_digits(text + 21, ms % 100);
    out.append(text, sizeof text - 1);
}

}  // namespace gatehouse::observe
