#include "gateway/base/base64url.hpp"

#include <array>
#include <cstdint>

namespace gatehouse::base64url {

namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr auto kValues = [] {
    std::array<std::int8_t, 256> values{};
    values.fill(-1);
    for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
        values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
    }
    return values;
}();

}  // namespace

std::string encode(std::string_view bytes) {
    std::string text;
    encode_to(text, bytes);
    return text;
}

void encode_to(std::string& text, std::string_view bytes) {
    const auto octet = [bytes](std::size_t at) {
        return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at]));
    };
    const std::size_t start = text.size();
    text.resize(start + (bytes.size() * 4 + 2) / 3);
    char* out = text.data() + start;
    std::size_t at = 0;
    for (; at + 3 <= bytes.size(); at += 3) {
        const std::uint32_t bits = octet(at) << 16 | octet(at + 1) << 8 | octet(at + 2);
        *out++ = kAlphabet[bits >> 18];
        *out++ = kAlphabet[(bits >> 12) & 63];
        *out++ = kAlphabet[(bits >> 6) & 63];
        *out++ = kAlphabet[bits & 63];
    }
    if (at == bytes.size()) return;
    const bool two_left = at + 2 == bytes.size();
    const std::uint32_t bits = octet(at) << 16 | (two_left ? octet(at + 1) << 8 : 0);
    *out++ = kAlphabet[bits >> 18];
    *out++ = kAlphabet[(bits >> 12) & 63];
    if (two_left) *out = kAlphabet[(bits >> 6) & 63];
}

std::optional<std::string> decode(std::string_view text) {
    std::string bytes;
    if (!decode_to(bytes, text)) return std::nullopt;
    return bytes;
}

bool decode_to(std::string& bytes, std::string_view text) {
    bytes.clear();
    if (text.size() % 4 == 1) return false;
    bytes.resize(text.size() * 3 / 4);
    char* out = bytes.data();
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        const std::int8_t value = kValues[static_cast<unsigned char>(c)];
        if (value < 0) return false;
        bits = (bits << 6) | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        *out++ = static_cast<char>((bits >> count) & 255);
    }
    return (bits & ((1u << count) - 1)) == 0;
}

}  // namespace gatehouse::base64url
