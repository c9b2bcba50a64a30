#include "gateway/config/event_bus_url.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

#include "gateway/config/values.hpp"

namespace gatehouse::config {

namespace {

constexpr std::string_view kExamples = "write embedded, amqp://user@host:5672/vhost or kafka://host:9092,host:9092";
constexpr std::uint64_t kPortMax = 65'535;

AddressError malformed(std::string message) { return {std::move(message), std::string(kExamples), false}; }

struct HostPort {
    std::string host;
    std::uint16_t port = 0;
};

// "host", "host:port", "[::1]:port".
std::optional<HostPort> parse_host(std::string_view text, std::uint16_t default_port) {
    HostPort result{{}, default_port};
    std::string_view port;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        result.host = text.substr(1, end - 1);
        const bool is_address = std::all_of(result.host.begin(), result.host.end(), [](unsigned char c) {
            return std::isxdigit(c) != 0 || c == ':' || c == '.';
        });
        if (!is_address || result.host.empty()) return std::nullopt;
        text.remove_prefix(end + 1);
        if (!text.empty() && text.front() != ':') return std::nullopt;
        port = text.empty() ? text : text.substr(1);
    } else {
        const std::size_t colon = text.find(':');
        result.host = text.substr(0, colon);
        if (!is_host_name(result.host)) return std::nullopt;
        if (colon == std::string_view::npos) return result;
        port = text.substr(colon + 1);
        text = text.substr(colon);
    }
    if (text.empty()) return result;
    const auto number = parse_whole_number(port);
    if (!number || *number == 0 || *number > kPortMax) return std::nullopt;
    result.port = static_cast<std::uint16_t>(*number);
    return result;
}

std::string format_host(const HostPort& host) {
    const bool is_ipv6 = host.host.find(':') != std::string::npos;
    return (is_ipv6 ? '[' + host.host + ']' : host.host) + ':' + std::to_string(host.port);
}

bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > ' ' && c < 0x7f && c != '%'; });
}

AddressResult<Events> read_rabbit(Events events, std::string_view rest) {
    events.bus = Events::Bus::rabbitmq;
    const std::size_t slash = rest.find('/');
    if (slash != std::string_view::npos && slash + 1 < rest.size()) events.vhost = rest.substr(slash + 1);
    if (!is_plain(events.vhost)) return malformed("the virtual host has characters that cannot stand in a URL");
    const auto host = parse_host(rest.substr(0, slash), events.is_tls ? 5671 : 5672);
    if (!host) return malformed("this is not a host and a port");
    events.host = host->host;
    events.port = host->port;
    return events;
}

AddressResult<Events> read_kafka(Events events, std::string_view rest) {
    events.bus = Events::Bus::kafka;
    while (true) {
        const std::size_t comma = rest.find(',');
        const auto host = parse_host(rest.substr(0, comma), 9092);
        if (!host) return malformed("this is not a list of hosts and ports");
        events.brokers += (events.brokers.empty() ? "" : ",") + format_host(*host);
        if (comma == std::string_view::npos) return events;
        rest.remove_prefix(comma + 1);
    }
}

}  // namespace

AddressResult<Events> parse_event_bus(std::string_view text) {
    Events events;
    events.url = text;
    if (text == "embedded") return events;
    const std::size_t colon = text.find("://");
    const std::string_view scheme = text.substr(0, colon);
    const bool is_rabbit = scheme == "amqp" || scheme == "amqps";
    if (colon == std::string_view::npos || (!is_rabbit && scheme != "kafka" && scheme != "kafkas"))
        return malformed("this is not an event bus");
    events.is_tls = scheme.ends_with('s');
    std::string_view rest = text.substr(colon + 3);
    if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
        events.user = rest.substr(0, at);
        rest.remove_prefix(at + 1);
        if (events.user.find(':') != std::string::npos)
            return AddressError{"a password has no place here", "write it as password: file:PATH or env:NAME", false};
        if (events.user.empty() || !is_plain(events.user)) return malformed("this is not a user's name");
    }
    return is_rabbit ? read_rabbit(std::move(events), rest) : read_kafka(std::move(events), rest);
}

}  // namespace gatehouse::config
