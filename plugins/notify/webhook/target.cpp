#include "plugins/notify/webhook/target.hpp"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>

namespace notify {

namespace {

struct Network4 {
    std::uint32_t address;
    int bits;
};
constexpr std::uint32_t ip4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    return a << 24 | b << 16 | c << 8 | d;
}
constexpr Network4 kNotPublic4[] = {
    {ip4(0, 0, 0, 0), 8},      {ip4(10, 0, 0, 0), 8},     {ip4(100, 64, 0, 0), 10}, {ip4(127, 0, 0, 0), 8},
    {ip4(169, 254, 0, 0), 16}, {ip4(172, 16, 0, 0), 12},  {ip4(192, 0, 0, 0), 24},  {ip4(192, 0, 2, 0), 24},
    {ip4(192, 88, 99, 0), 24}, {ip4(192, 168, 0, 0), 16}, {ip4(198, 18, 0, 0), 15}, {ip4(198, 51, 100, 0), 24},
    {ip4(203, 0, 113, 0), 24}, {ip4(224, 0, 0, 0), 4},    {ip4(240, 0, 0, 0), 4},
};

bool is_public4(std::uint32_t address) {
    return std::none_of(std::begin(kNotPublic4), std::end(kNotPublic4), [&](const Network4& network) {
        return ((address ^ network.address) >> (32 - network.bits)) == 0;
    });
}

using Bytes16 = std::array<std::uint8_t, 16>;
struct Network6 {
    Bytes16 address;
    int bits;
};
// Within 2000::/3, which is all of the internet so far.
constexpr Network6 kGlobal6 = {{0x20}, 3};
constexpr Network6 kNotPublic6[] = {
    {{0x20, 0x01, 0x00}, 23},        // IETF protocols, Teredo
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x20, 0x02}, 16},              // 6to4: an IPv4 address inside
    {{0x3f, 0xff, 0x00}, 20},        // documentation
};
constexpr Network6 kMapped4 = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};
constexpr Network6 kTranslated4 = {{0x00, 0x64, 0xff, 0x9b}, 96};  // NAT64 (RFC 6052)

bool contains(const Network6& network, const Bytes16& address) {
    for (int bit = 0; bit < network.bits; ++bit) {
        const auto at = static_cast<std::size_t>(bit / 8);
        if (((address[at] ^ network.address[at]) >> (7 - bit % 8) & 1) != 0) return false;
    }
    return true;
}

bool is_public6(const Bytes16& address) {
    if (contains(kMapped4, address) || contains(kTranslated4, address)) {
        return is_public4(ip4(address[12], address[13], address[14], address[15]));
    }
    return contains(kGlobal6, address) &&
           std::none_of(std::begin(kNotPublic6), std::end(kNotPublic6),
                        [&](const Network6& network) { return contains(network, address); });
}

bool is_public6(const in6_addr& address) {
    Bytes16 bytes{};
    std::copy(std::begin(address.s6_addr), std::end(address.s6_addr), bytes.begin());
    return is_public6(bytes);
}

struct FreeUrl {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

std::optional<std::string> part_of(const Url& url, CURLUPart part) {
    char* text = nullptr;
    if (curl_url_get(url.get(), part, &text, 0) != CURLUE_OK) return std::nullopt;
    const std::unique_ptr<char, decltype(&curl_free)> owner(text, &curl_free);
    return std::string(text);
}

Url parse(const std::string& text) {
    Url url(curl_url());
    if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return nullptr;
    return url;
}

// Spelled out, or as a name that never leads outside.
bool is_plainly_private(std::string host) {
    while (!host.empty() && host.back() == '.') host.pop_back();
    std::transform(host.begin(), host.end(), host.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    if (host == "localhost" || host.ends_with(".localhost")) return true;
    in_addr four{};
    if (::inet_pton(AF_INET, host.c_str(), &four) == 1) return !is_public4(ntohl(four.s_addr));
    if (host.size() < 2 || host.front() != '[') return false;
    host = host.substr(1, host.find_first_of("]%") - 1);
    in6_addr six{};
    return ::inet_pton(AF_INET6, host.c_str(), &six) != 1 || !is_public6(six);
}

// Not where other protocols are spoken, some of which would take the lines of a request for orders.
bool is_port_refused(const std::string& text) {
    static constexpr int kRefused[] = {1433, 1521, 2049, 2375, 3306, 5432,  5672,
                                       5984, 6379, 9042, 9092, 9200, 11211, 27017};
    int port = 0;
    std::from_chars(text.data(), text.data() + text.size(), port);
    if (std::find(std::begin(kRefused), std::end(kRefused), port) != std::end(kRefused)) return true;
    return port < 1024 && port != 80 && port != 443;
}

}  // namespace

std::string fault_of_url(const std::string& text, Reach reach) {
    const Url url = parse(text);
    if (!url || text.find('\0') != std::string::npos) return "must be an absolute URL";
    const auto scheme = part_of(url, CURLUPART_SCHEME), host = part_of(url, CURLUPART_HOST);
    if (scheme != "http" && scheme != "https") return "must begin with https:// or http://";
    if (!host || host->empty()) return "must be an absolute URL";
    if (part_of(url, CURLUPART_USER) || part_of(url, CURLUPART_PASSWORD)) return "must not have a user or password";
    if (part_of(url, CURLUPART_FRAGMENT)) return "must not have a fragment";
    if (const auto port = part_of(url, CURLUPART_PORT); port && is_port_refused(*port)) {
        return "must have the port 80 or 443, or one from 1024 on that no mail server or database listens on";
    }
    if (reach == Reach::public_only && is_plainly_private(*host)) return "must be an address of the public internet";
    return {};
}

std::string origin_of_url(const std::string& text) {
    const Url url = parse(text);
    if (!url) return {};
    const auto port = part_of(url, CURLUPART_PORT);
    return part_of(url, CURLUPART_SCHEME).value_or("") + "://" + part_of(url, CURLUPART_HOST).value_or("") +
           (port ? ":" + *port : "");
}

bool is_public(const sockaddr& address) {
    if (address.sa_family == AF_INET) {
        return is_public4(ntohl(reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr));
    }
    return address.sa_family == AF_INET6 && is_public6(reinterpret_cast<const sockaddr_in6&>(address).sin6_addr);
}

}  // namespace notify
