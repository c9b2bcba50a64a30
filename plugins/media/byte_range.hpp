// Range requests (RFC 9110, 14): one range of octets.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace media {

struct ByteRange {
    std::uint64_t first = 0, last = 0;  // both included

    [[nodiscard]] std::uint64_t size() const { return last - first + 1; }
    bool operator==(const ByteRange&) const = default;
};

// The part of `size` octets that the Range field asks for. Empty: all of it, since the field is not one that is
// understood here (another unit, several ranges, malformed). Throws Problem 416 when the range lies outside.
[[nodiscard]] std::optional<ByteRange> parse_range(std::string_view field, std::uint64_t size);

}  // namespace media
