#include "gateway/pipeline/client_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace gatehouse::pipeline {

namespace {

std::string_view without_port(std::string_view text) {
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        return end == std::string_view::npos ? std::string_view() : text.substr(1, end - 1);
    }
    const std::size_t colon = text.find(':');
    const bool is_ipv4_with_port =
        colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos;
    return is_ipv4_with_port ? text.substr(0, colon) : text;
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

bool is_trusted(const AddressOctets& address, const std::vector<config::Network>& networks) {
    return std::any_of(networks.begin(), networks.end(),
                       [&](const config::Network& network) { return is_in(address, network); });
}

// Walks one field's list from the right. True when it found the client or something that is no address, where trust
// ends.
bool walk_hops(std::string_view list, const std::vector<config::Network>& trusted_proxies, Client& client) {
    for (;;) {
        const std::size_t comma = list.rfind(',');
        const std::string_view hop =
            without_port(trim(comma == std::string_view::npos ? list : list.substr(comma + 1)));
        const auto octets = parse_address(hop);
        if (!octets) return true;
        client.address.assign(hop);
        client.octets = *octets;
        if (!is_trusted(*octets, trusted_proxies)) return true;
        if (comma == std::string_view::npos) return false;
        list = list.substr(0, comma);
    }
}

}  // namespace

std::optional<AddressOctets> parse_address(std::string_view text) {
    text = without_port(text);
    std::array<char, INET6_ADDRSTRLEN> copy{};
    if (text.empty() || text.size() >= copy.size()) return std::nullopt;
    std::memcpy(copy.data(), text.data(), text.size());
    AddressOctets octets{};
    if (::inet_pton(AF_INET6, copy.data(), octets.data()) == 1) return octets;
    if (::inet_pton(AF_INET, copy.data(), octets.data() + 12) != 1) return std::nullopt;
    octets[10] = octets[11] = 0xff;
    return octets;
}

bool is_in(const AddressOctets& address, const config::Network& network) {
    int bits = network.prefix_bits;
    for (std::size_t i = 0; i < address.size() && bits > 0; ++i, bits -= 8) {
        const auto mask = static_cast<std::uint8_t>(bits >= 8 ? 0xff : 0xff00 >> bits);
        if (((address[i] ^ network.address[i]) & mask) != 0) return false;
    }
    return true;
}

void believe_gateway(Exchange& exchange) {
    const http::Field* field = http::find_field(exchange.request.fields, kRealAddressField);
    const auto octets = field != nullptr ? parse_address(field->value) : std::nullopt;
    if (!octets) return;
    exchange.client.address.assign(field->value);
    exchange.client.octets = *octets;
}

void find_client(Exchange& exchange, const AddressOctets& peer_octets,
                 const std::vector<config::Network>& trusted_proxies) {
    Client& client = exchange.client;
    client.octets = peer_octets;
    client.address = client.peer;
    client.is_trusted_proxy = !trusted_proxies.empty() && is_trusted(peer_octets, trusted_proxies);
    if (!client.is_trusted_proxy) return;
    const auto& fields = exchange.request.fields;
    for (auto field = fields.rbegin(); field != fields.rend(); ++field) {
        if (field->name == "x-forwarded-for" && walk_hops(field->value, trusted_proxies, client)) return;
    }
}

}  // namespace gatehouse::pipeline
