#include "gateway/http/serializer.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>

#include "gateway/http/octet_search.hpp"

namespace gatehouse::http {

namespace {

template <int base>
void append_number(std::string& out, std::uint64_t value) {
    std::array<char, 20> digits;
    const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), value, base);
    out.append(digits.data(), result.ptr);
}

}  // namespace

void append_request_line(std::string& out, std::string_view method, std::string_view path, bool has_query,
                         std::string_view query) {
    assert(is_token(method) && !path.empty());
    out.append(method).append(1, ' ').append(path);
    if (has_query) out.append(1, '?').append(query);
    out.append(" HTTP/1.1\r\n");
}

void append_status_line(std::string& out, int status) {
    assert(status >= 100 && status <= 999);
    if (status == 200) {
        out.append("HTTP/1.1 200 OK\r\n");
        return;
    }
    out.append("HTTP/1.1 ");
    append_number<10>(out, static_cast<std::uint64_t>(status));
    out.append(1, ' ').append(reason_phrase(status)).append("\r\n");
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    assert(is_token(name) && is_field_value(value));
    out.append(name).append(": ").append(value).append("\r\n");
}

void append_number_field(std::string& out, std::string_view name, std::uint64_t value) {
    assert(is_token(name));
    out.append(name).append(": ");
    append_number<10>(out, value);
    out.append("\r\n");
}

void append_chunk_start(std::string& out, std::uint64_t size) {
    assert(size > 0);
    append_number<16>(out, size);
    out.append("\r\n");
}

bool is_token(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char); }

bool is_field_value(std::string_view text) {
    return find_control(text.data(), text.data() + text.size()) == text.data() + text.size();
}

}  // namespace gatehouse::http
