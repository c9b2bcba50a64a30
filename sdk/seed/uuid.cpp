#include "sdk/seed/uuid.hpp"

#include "sdk/seed/random.hpp"

namespace gatehouse::seed {

namespace {

// The last `digits` hexadecimal digits.
void append_hex(std::string& text, std::uint64_t value, int digits) {
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
        text += "0123456789abcdef"[(value >> static_cast<unsigned>(shift)) & 0xFU];
    }
}

}  // namespace

// 48 bits of time, 12 of the mixed value, 10 that follow from it, 52 of the mixed value.
std::string make_uuid(std::int64_t milliseconds, std::uint64_t value) {
    const auto time = static_cast<std::uint64_t>(milliseconds);
    const std::uint64_t mixed = mix(value);
    std::string text;
    text.reserve(36);
    append_hex(text, time >> 16U, 8);
    text += '-';
    append_hex(text, time, 4);
    text += "-7";
    append_hex(text, mixed >> 52U, 3);
    text += '-';
    append_hex(text, 0x8000U | (mix(mixed) >> 54U << 4U) | (mixed >> 48U & 0xFU), 4);
    text += '-';
    append_hex(text, mixed, 12);
    return text;
}

}  // namespace gatehouse::seed
