#include "gateway/config/addresses.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "gateway/base/ascii.hpp"

namespace gatehouse::config {

namespace {

constexpr std::size_t kMaxSocketPath = 107;  // sun_path less its zero

bool is_letter(char c) { return ascii::to_lower(c) >= 'a' && ascii::to_lower(c) <= 'z'; }

AddressError error(std::string message, std::string help = {}) { return {std::move(message), std::move(help), false}; }

struct HostPort {
    std::string host;  // without brackets
    std::optional<std::uint16_t> port;
};

AddressResult<std::uint16_t> parse_port(std::string_view text) {
    unsigned value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || failure != std::errc{} || end != text.data() + text.size() || value > 65'535) {
        return error("the port is not a number between 0 and 65535");
    }
    return static_cast<std::uint16_t>(value);
}

AddressResult<HostPort> split_host_port(std::string_view text) {
    HostPort result;
    std::string_view rest;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) return error("the bracket is not closed", "write it like [::1]:8080");
        result.host = std::string(text.substr(1, end - 1));
        rest = text.substr(end + 1);
        if (!rest.empty() && rest.front() != ':') return error("there is something after the bracket");
    } else {
        const std::size_t colon = text.find(':');
        if (colon != std::string_view::npos && text.find(':', colon + 1) != std::string_view::npos) {
            return error("an IPv6 address needs brackets", "write it like [::1]:8080");
        }
        result.host = std::string(text.substr(0, colon));
        rest = colon == std::string_view::npos ? std::string_view{} : text.substr(colon);
    }
    if (rest.empty()) return result;
    const auto port = parse_port(rest.substr(1));
    if (!port) return port.error();
    result.port = *port;
    return result;
}

bool is_ipv4(const std::string& text) {
    in_addr address{};
    return inet_pton(AF_INET, text.c_str(), &address) == 1;
}

bool is_ipv6(const std::string& text) {
    in6_addr address{};
    return inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

AddressResult<std::string> parse_socket_path(std::string_view path) {
    if (path.empty()) return error("the path of the socket is missing", "write it like unix:/run/gatehouse.sock");
    if (path.size() > kMaxSocketPath) return error("the path of a Unix socket has at most 107 bytes");
    return std::string(path);
}

AddressResult<Endpoint> parse_library(Endpoint::Kind kind, const std::string& scheme, std::string_view name) {
    if (!is_service_name(name)) {
        return error("this is not the name of a plugin", "write it like " + scheme + ":users, for users.so");
    }
    Endpoint endpoint;
    endpoint.kind = kind;
    endpoint.plugin = std::string(name);
    return endpoint;
}

AddressResult<Endpoint> parse_http_endpoint(std::string_view rest) {
    if (rest.ends_with('/')) rest.remove_suffix(1);
    if (rest.find_first_of("/?#") != std::string_view::npos) {
        return error("a service is a host and a port, without a path", "use rewrite: on the route to change paths");
    }
    if (rest.find('@') != std::string_view::npos) return error("credentials do not belong into an address");
    const auto parts = split_host_port(rest);
    if (!parts) return parts.error();
    if (!is_host_name(parts->host) && !is_ipv6(parts->host)) {
        return error(parts->host.empty() ? "the host is missing" : "this is not a host",
                     "write it like http://10.0.4.11:9005");
    }
    Endpoint endpoint;
    endpoint.kind = Endpoint::Kind::http;
    endpoint.host = ascii::lower(parts->host);
    endpoint.port = parts->port.value_or(80);
    if (endpoint.port == 0) return error("port 0 cannot be connected to");
    return endpoint;
}

}  // namespace

AddressResult<Listener> parse_listener(std::string_view text) {
    Listener listener;
    if (text.starts_with("unix:")) {
        const auto path = parse_socket_path(text.substr(5));
        if (!path) return path.error();
        listener.host = *path;
        listener.is_unix = true;
        return listener;
    }
    const auto parts = split_host_port(text);
    if (!parts) return parts.error();
    if (!parts->port) return error("the port is missing", "write it like 127.0.0.1:8080");
    const std::string port = std::to_string(*parts->port);
    if (parts->host.empty() || parts->host == "*") {
        return error("the address is missing",
                     "write 0.0.0.0:" + port + " for all, 127.0.0.1:" + port + " for this machine only");
    }
    const bool in_brackets = text.starts_with('[');
    if (in_brackets ? !is_ipv6(parts->host) : !is_ipv4(parts->host)) {
        return error("listeners take numeric addresses only", "write it like 127.0.0.1:" + port);
    }
    listener.host = parts->host;
    listener.port = *parts->port;
    return listener;
}

AddressResult<Endpoint> parse_endpoint(std::string_view text) {
    if (text.starts_with("plugin:")) return parse_library(Endpoint::Kind::plugin, "plugin", text.substr(7));
    if (text.starts_with("spawn:")) return parse_library(Endpoint::Kind::spawn, "spawn", text.substr(6));
    if (text.starts_with("http+unix:")) {
        const auto path = parse_socket_path(text.substr(10));
        if (!path) return path.error();
        Endpoint endpoint;
        endpoint.kind = Endpoint::Kind::unix_socket;
        endpoint.host = *path;
        return endpoint;
    }
    if (text.starts_with("http://")) return parse_http_endpoint(text.substr(7));
    for (const std::string_view scheme : {"https://", "h2://", "h2c://", "grpc://", "fcgi://"}) {
        if (text.starts_with(scheme)) {
            return AddressError{std::string(scheme) + " is not supported yet", "services are reached with http://",
                                true};
        }
    }
    return error("this does not say where the service runs",
                 "write plugin:NAME, spawn:NAME, http://host:port or http+unix:/path");
}

AddressResult<Network> parse_network(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::string address(text.substr(0, slash));
    Network network;
    const bool is_four = is_ipv4(address);
    if (is_four) {
        network.address[10] = network.address[11] = 0xFF;
        inet_pton(AF_INET, address.c_str(), network.address.data() + 12);
    } else if (inet_pton(AF_INET6, address.c_str(), network.address.data()) != 1) {
        return error("this is not an address or a network", "write it like 10.0.0.0/8 or 127.0.0.1");
    }
    if (slash == std::string_view::npos) return network;
    const std::string_view digits = text.substr(slash + 1);
    int bits = 0;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    const int most = is_four ? 32 : 128;
    if (digits.empty() || failure != std::errc{} || end != digits.data() + digits.size() || bits < 0 || bits > most) {
        return error("the prefix is not between 0 and " + std::to_string(most));
    }
    network.prefix_bits = bits + (is_four ? 96 : 0);
    Network masked = network;
    for (int bit = network.prefix_bits; bit < 128; ++bit) {
        masked.address[bit / 8] = static_cast<std::uint8_t>(masked.address[bit / 8] & ~(0x80 >> (bit % 8)));
    }
    if (masked.address != network.address) {
        return error("the address has bits after its prefix", "write " + format_network(masked));
    }
    return network;
}

std::string format_listener(const Listener& listener) {
    if (listener.is_unix) return "unix:" + listener.host;
    const bool is_six = listener.host.find(':') != std::string::npos;
    return (is_six ? "[" + listener.host + "]" : listener.host) + ":" + std::to_string(listener.port);
}

std::string format_endpoint(const Endpoint& endpoint) {
    switch (endpoint.kind) {
        case Endpoint::Kind::plugin: return "plugin:" + endpoint.plugin;
        case Endpoint::Kind::spawn: return "spawn:" + endpoint.plugin;
        case Endpoint::Kind::http: return "http://" + format_listener({endpoint.host, endpoint.port, false});
        case Endpoint::Kind::unix_socket: return "http+unix:" + endpoint.host;
    }
    return {};
}

std::string format_network(const Network& network) {
    char text[INET6_ADDRSTRLEN] = {};
    const bool is_four =
        network.prefix_bits >= 96 && network.address[10] == 0xFF && network.address[11] == 0xFF &&
        std::all_of(network.address.begin(), network.address.begin() + 10, [](auto b) { return b == 0; });
    if (is_four) {
        inet_ntop(AF_INET, network.address.data() + 12, text, sizeof text);
    } else {
        inet_ntop(AF_INET6, network.address.data(), text, sizeof text);
    }
    return std::string(text) + "/" + std::to_string(network.prefix_bits - (is_four ? 96 : 0));
}

bool is_local(const Listener& listener) {
    return listener.is_unix || listener.host.starts_with("127.") || listener.host == "::1";
}

bool is_host_name(std::string_view text) {
    if (text.empty() || text.size() > 253 || text.front() == '.' || text.back() == '.') return false;
    if (text.find("..") != std::string_view::npos) return false;
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return is_letter(c) || ascii::is_digit(c) || c == '-' || c == '.' || c == '_'; });
}

bool is_service_name(std::string_view text) {
    if (text.empty() || text.size() > 63 || text.front() < 'a' || text.front() > 'z') return false;
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || ascii::is_digit(c) || c == '-' || c == '_'; });
}

}  // namespace gatehouse::config
