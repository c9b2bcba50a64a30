#include <gatehouse/detail/json_out.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "sdk/service/utf8.hpp"

namespace gatehouse::detail {

namespace {

constexpr std::string_view kHex = "0123456789abcdef";

void append_escaped(std::string& out, unsigned char c) {
    switch (c) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        case '\b': out += "\\b"; return;
        case '\f': out += "\\f"; return;
        default: break;
    }
    out += "\\u00";
    out += kHex[c >> 4];
    out += kHex[c & 15];
}

bool needs_escape(unsigned char c) { return c < 0x20 || c == '"' || c == '\\'; }

// Whether one of eight characters is not plain ASCII: from beyond it, a control character, a quote or a backslash.
bool needs_care(std::uint64_t eight) {
    constexpr std::uint64_t kOnes = 0x0101010101010101, kHighs = 0x8080808080808080;
    const auto has_zero = [](std::uint64_t word) { return (word - kOnes) & ~word & kHighs; };
    const std::uint64_t control = (eight - kOnes * 0x20) & ~eight;
    return ((eight & kHighs) | (control & kHighs) | has_zero(eight ^ kOnes * '"') | has_zero(eight ^ kOnes * '\\')) !=
           0;
}

// How much of the text can be copied as it is.
std::size_t plain_until(std::string_view text) {
    std::size_t at = 0;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto is_pair = [&] { return byte(at) >= 0xC2 && byte(at) <= 0xDF && (byte(at + 1) & 0xC0) == 0x80; };
    while (at < text.size()) {
        for (std::uint64_t eight = 0; at + sizeof(eight) <= text.size(); at += sizeof(eight)) {
            std::memcpy(&eight, text.data() + at, sizeof(eight));
            if (needs_care(eight)) break;
        }
        while (at < text.size() && byte(at) < 0x80) {
            if (needs_escape(byte(at))) return at;
            ++at;
        }
        while (at + 1 < text.size() && is_pair()) at += 2;
        if (at == text.size() || byte(at) < 0x80) continue;
        const std::size_t length = utf8_sequence(text.substr(at));
        if (length == 0) return at;
        at += length;
    }
    return at;
}

void append_text(std::string& out, std::string_view text) {
    for (std::size_t plain = plain_until(text); plain < text.size(); plain = plain_until(text)) {
        const auto c = static_cast<unsigned char>(text[plain]);
        out.append(text.substr(0, plain));
        if (c < 0x80) {
            append_escaped(out, c);
        } else {
            out += "\xEF\xBF\xBD";
        }
        text.remove_prefix(plain + 1);
    }
    out.append(text);
}

template <class Number>
void append_number(std::string& out, Number number) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    out.append(text.data(), static_cast<std::size_t>(end - text.data()));
}

}  // namespace

void JsonOut::key(std::string_view name) {
    separate();
    text_ += '"';
    append_text(text_, name);
    text_ += "\":";
    comma_ = false;
}

void JsonOut::value(std::int64_t number) {
    separate();
    append_number(text_, number);
    comma_ = true;
}

void JsonOut::value(std::uint64_t number) {
    separate();
    append_number(text_, number);
    comma_ = true;
}

void JsonOut::value(double number) {
    if (!std::isfinite(number)) return null();
    separate();
    append_number(text_, number);
    comma_ = true;
}

void JsonOut::value(std::string_view text) {
    separate();
    text_ += '"';
    append_text(text_, text);
    text_ += '"';
    comma_ = true;
}

void JsonOut::raw(std::string_view json) {
    separate();
    text_ += json;
    comma_ = true;
}

void JsonOut::open(char bracket) {
    separate();
    text_ += bracket;
    comma_ = false;
}

void JsonOut::close(char bracket) {
    text_ += bracket;
    comma_ = true;
}

void JsonOut::separate() {
    if (comma_) text_ += ',';
}

}  // namespace gatehouse::detail
