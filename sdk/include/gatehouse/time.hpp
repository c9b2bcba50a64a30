// Wall-clock time as the API speaks it: RFC 3339, UTC, milliseconds ("2026-03-01T12:00:00.000Z").
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;
using Date = std::chrono::sys_days;

[[nodiscard]] std::string to_rfc3339(Time time);
// Accepts any offset and fraction (cut to milliseconds), a lower-case t or z, and leap second 60 as the next second.
// Empty for what could not be written in UTC: before the year 0000 or after 9999.
[[nodiscard]] std::optional<Time> parse_rfc3339(std::string_view text);

[[nodiscard]] std::string to_iso_date(Date date);  // "2026-03-01"
[[nodiscard]] std::optional<Date> parse_iso_date(std::string_view text);

// IMF-fixdate of RFC 9110, 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT".
[[nodiscard]] std::string to_http_date(Time time);

// "500ms", "30s", "15m", "24h", "30d"; empty for anything else, a negative value or an overflow.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
[[nodiscard]] std::string to_duration_text(std::chrono::milliseconds duration);

[[nodiscard]] inline Time from_unix_ms(std::int64_t milliseconds) {
    return Time(std::chrono::milliseconds(milliseconds));
}
[[nodiscard]] inline std::int64_t to_unix_ms(Time time) { return time.time_since_epoch().count(); }

}  // namespace gatehouse
