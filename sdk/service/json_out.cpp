#include <gatehouse/detail/json_out.hpp>

#include <array>
#include <charconv>
#include <cmath>

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

void append_text(std::string& out, std::string_view text) {
    std::size_t plain = 0;  // length of the stretch that needs nothing
    while (plain < text.size()) {
        const auto c = static_cast<unsigned char>(text[plain]);
        if (c < 0x80 && !needs_escape(c)) {
            ++plain;
            continue;
        }
        const std::size_t length = c < 0x80 ? 0 : utf8_sequence(text.substr(plain));
        if (length > 0) {
            plain += length;
            continue;
        }
        out.append(text.substr(0, plain));
        if (c < 0x80) {
            append_escaped(out, c);
        } else {
            out += "\xEF\xBF\xBD";
        }
        text.remove_prefix(plain + 1);
        plain = 0;
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
