#include "gateway/observe/secrets.hpp"

#include <algorithm>
#include <array>

#include "gateway/base/ascii.hpp"
#include "gateway/observe/json_text.hpp"

namespace gatehouse::observe {

namespace {

constexpr std::array<std::string_view, 12> kParts = {"token",     "password",  "passwd",     "passphrase",
                                                     "secret",    "api_key",   "apikey",     "cookie",
                                                     "signature", "assertion", "credential", "authorization"};
constexpr std::array<std::string_view, 7> kWhole = {"code", "key", "sig", "jwt", "otp", "pin", "session"};

int hex_digit(char c) {
    const char lower = ascii::to_lower(c);
    if (ascii::is_digit(c)) return c - '0';
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The name as it is compared; what is longer than the buffer is cut off.
std::string_view fold(std::string_view name, std::array<char, 64>& buffer) {
    std::size_t size = 0;
    for (std::size_t at = 0; at < name.size() && size < buffer.size(); ++at) {
        char c = name[at];
        if (c == '%' && at + 2 < name.size() && hex_digit(name[at + 1]) >= 0 && hex_digit(name[at + 2]) >= 0) {
            c = static_cast<char>(hex_digit(name[at + 1]) * 16 + hex_digit(name[at + 2]));
            at += 2;
        }
        buffer[size++] = c == '-' || c == '.' ? '_' : ascii::to_lower(c);
    }
    return {buffer.data(), size};
}

bool has_secret_part(std::string_view folded) {
    return std::any_of(kParts.begin(), kParts.end(),
                       [folded](std::string_view part) { return folded.find(part) != std::string_view::npos; });
}

}  // namespace

bool is_secret_name(std::string_view name) {
    std::array<char, 64> buffer;
    return has_secret_part(fold(name, buffer));
}

bool is_secret_parameter(std::string_view name) {
    std::array<char, 64> buffer;
    const std::string_view folded = fold(name, buffer);
    return has_secret_part(folded) || std::find(kWhole.begin(), kWhole.end(), folded) != kWhole.end();
}

void append_redacted_query(std::string& out, std::string_view query) {
    while (true) {
        const std::size_t end = std::min(query.find_first_of("&;"), query.size());
        const std::string_view parameter = query.substr(0, end);
        const std::size_t equals = parameter.find('=');
        if (equals != std::string_view::npos && is_secret_parameter(parameter.substr(0, equals))) {
            append_json_text(out, parameter.substr(0, equals + 1));
            out.append(kRedacted);
        } else {
            append_json_text(out, parameter);
        }
        if (end == query.size()) return;
        out.push_back(query[end]);
        query.remove_prefix(end + 1);
    }
}

}  // namespace gatehouse::observe
