#include "gateway/http/authority.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "gateway/base/ascii.hpp"
#include "gateway/http/characters.hpp"

namespace gatehouse::http {

namespace {

constexpr std::size_t kHostBytesMax = 255;

bool is_ipv6_address(std::string_view text) {
    std::array<char, INET6_ADDRSTRLEN> terminated{};
    if (text.size() >= terminated.size()) return false;
    std::copy(text.begin(), text.end(), terminated.begin());
    in6_addr address;
    return inet_pton(AF_INET6, terminated.data(), &address) == 1;
}

// Lower-cases as it goes; returns where the name ends, or 0.
std::size_t scan_host_name(std::span<char> text) {
    std::size_t size = 0;
    bool label_is_empty = true;
    for (; size < text.size() && text[size] != ':'; ++size) {
        char& c = text[size];
        if (c == '.') {
            if (label_is_empty) return 0;
            label_is_empty = true;
        } else if (is_alphanumeric(c) || c == '-' || c == '_') {
            c = ascii::to_lower(c);
            label_is_empty = false;
        } else {
            return 0;
        }
    }
    return size <= kHostBytesMax ? size : 0;
}

std::size_t scan_ip_literal(std::span<char> text) {
    const auto close = std::find(text.begin(), text.end(), ']');
    if (close == text.end()) return 0;
    if (!is_ipv6_address({text.data() + 1, static_cast<std::size_t>(close - text.begin()) - 1})) return 0;
    std::transform(text.begin(), close, text.begin(), ascii::to_lower);
    return static_cast<std::size_t>(close - text.begin()) + 1;
}

bool is_port(std::string_view digits) {
    unsigned value = 0;
    for (const char c : digits) {
        if (!ascii::is_digit(c)) return false;
        value = value * 10 + static_cast<unsigned>(c - '0');
        if (value > 65535) return false;
    }
    return true;
}

}  // namespace

std::optional<std::string_view> normalize_authority(std::span<char> text) {
    if (text.empty()) return std::nullopt;
    const std::size_t host = text.front() == '[' ? scan_ip_literal(text) : scan_host_name(text);
    if (host == 0) return std::nullopt;
    if (host == text.size()) return std::string_view(text.data(), host);
    if (text[host] != ':') return std::nullopt;
    const std::string_view port(text.data() + host + 1, text.size() - host - 1);
    if (!is_port(port)) return std::nullopt;
    return std::string_view(text.data(), port.empty() ? host : text.size());
}

}  // namespace gatehouse::http
