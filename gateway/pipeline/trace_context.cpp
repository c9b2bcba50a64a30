#include "gateway/pipeline/trace_context.hpp"

#include <algorithm>
#include <cstdint>
#include <random>

namespace gatehouse::pipeline {

namespace {

constexpr std::size_t kLength = 55;  // of version 00

// splitmix64: ids need to be distinct, not secret.
std::uint64_t next_random() {
    thread_local std::uint64_t state = (std::uint64_t{std::random_device{}()} << 32) | std::random_device{}();
    std::uint64_t z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

void write_hex(char* out, std::uint64_t value) {
    static constexpr char kHex[] = "0123456789abcdef";
    for (int digit = 0; digit < 16; ++digit) out[digit] = kHex[value >> (60 - 4 * digit) & 15];
}

bool is_lower_hex(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_all_zero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

}  // namespace

bool is_valid_trace_parent(std::string_view text) {
    if (text.size() < kLength || (text.size() > kLength && (text.starts_with("00") || text[kLength] != '-')))
        return false;
    if (text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
    const std::string_view version = text.substr(0, 2), trace = text.substr(3, 32), span = text.substr(36, 16);
    return is_lower_hex(version) && version != "ff" && is_lower_hex(trace) && !is_all_zero(trace) &&
           is_lower_hex(span) && !is_all_zero(span) && is_lower_hex(text.substr(53, 2));
}

void set_trace_parent(Exchange& exchange) {
    const http::Field* field = http::find_field(exchange.request.fields, "traceparent");
    const bool continues = field != nullptr && is_valid_trace_parent(field->value);
    std::string& out = exchange.trace_parent;
    out.assign("00-................................-................-00");
    if (continues) {
        out.replace(3, 32, field->value.substr(3, 32));
        out.replace(53, 2, field->value.substr(53, 2));
    } else {
        write_hex(out.data() + 3, next_random() | 1);  // never all zero
        write_hex(out.data() + 19, next_random());
    }
    write_hex(out.data() + 36, next_random() | 1);
}

}  // namespace gatehouse::pipeline
