#include "gateway/http/absolute_url.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/base/ascii.hpp"

namespace gatehouse::http {

namespace {

constexpr std::string_view kHttp = "http://", kHttps = "https://";

bool is_host_character(char c, bool is_ipv6) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    return is_letter || c == '.' || (is_ipv6 ? c == ':' : c == '-');
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
    return port;
}

}  // namespace

std::optional<AbsoluteUrl> parse_absolute_url(std::string_view text) {
    AbsoluteUrl url;
    if (ascii::lower(std::string(text.substr(0, kHttps.size()))) == kHttps) {
        url.is_https = true;
        text.remove_prefix(kHttps.size());
    } else if (ascii::lower(std::string(text.substr(0, kHttp.size()))) == kHttp) {
        text.remove_prefix(kHttp.size());
    } else {
        return std::nullopt;
    }
    if (text.find('#') != std::string_view::npos) return std::nullopt;
    const std::size_t path = std::min(text.find_first_of("/?"), text.size());
    std::string authority = ascii::lower(std::string(text.substr(0, path)));
    text.remove_prefix(path);
    url.target = text.empty() || text.front() == '?' ? "/" + std::string(text) : std::string(text);

    const bool is_ipv6 = authority.starts_with('[');
    const std::size_t host_end = is_ipv6 ? authority.find(']') : authority.find(':');
    if (is_ipv6 && host_end == std::string::npos) return std::nullopt;
    url.host = is_ipv6 ? authority.substr(1, host_end - 1) : authority.substr(0, host_end);
    std::string_view rest(authority);
    rest.remove_prefix(is_ipv6 ? host_end + 1 : std::min(host_end, authority.size()));
    url.port = url.is_https ? 443 : 80;
    if (!rest.empty()) {
        if (rest.front() != ':') return std::nullopt;
        const auto port = parse_port(rest.substr(1));
        if (!port) return std::nullopt;
        url.port = *port;
    }
    const bool is_good = !url.host.empty() && std::all_of(url.host.begin(), url.host.end(),
                                                          [&](char c) { return is_host_character(c, is_ipv6); });
    if (!is_good) return std::nullopt;
    url.origin = std::string(url.is_https ? kHttps : kHttp) + (is_ipv6 ? "[" + url.host + "]" : url.host) + ":" +
                 std::to_string(url.port);
    return url;
}

}  // namespace gatehouse::http
