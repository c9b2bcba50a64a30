#include "gateway/http/date_cache.hpp"

#include <chrono>
#include <string_view>

namespace gatehouse::http {

namespace {

void append_two_digits(std::string& out, unsigned value) {
    out.push_back(static_cast<char>('0' + value / 10));
    out.push_back(static_cast<char>('0' + value % 10));
}

}  // namespace

// "Sun, 06 Nov 1994 08:49:37 GMT", whatever the locale.
std::string_view DateCache::at(std::int64_t unix_seconds) {
    if (unix_seconds == second_ && !text_.empty()) return text_;
    using namespace std::chrono;
    static constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
    static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";

    const sys_seconds time{seconds(unix_seconds)};
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(time - day);

    second_ = unix_seconds;
    text_.assign(kDays.substr(3 * weekday(day).c_encoding(), 3)).append(", ");
    append_two_digits(text_, static_cast<unsigned>(date.day()));
    text_.append(1, ' ').append(kMonths.substr(3 * (static_cast<unsigned>(date.month()) - 1), 3)).append(1, ' ');
    const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
    append_two_digits(text_, year / 100);
    append_two_digits(text_, year % 100);
    text_.push_back(' ');
    append_two_digits(text_, static_cast<unsigned>(clock.hours().count()));
    text_.push_back(':');
    append_two_digits(text_, static_cast<unsigned>(clock.minutes().count()));
    text_.push_back(':');
    append_two_digits(text_, static_cast<unsigned>(clock.seconds().count()));
    text_.append(" GMT");
    return text_;
}

}  // namespace gatehouse::http
