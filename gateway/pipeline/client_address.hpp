#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "gateway/config/model.hpp"
#include "gateway/pipeline/exchange.hpp"

namespace gatehouse::pipeline {

using AddressOctets = std::array<std::uint8_t, 16>;  // IPv4 as ::ffff:a.b.c.d

// "192.0.2.1", "2001:db8::1", with or without a port and brackets.
std::optional<AddressOctets> parse_address(std::string_view text);
bool is_in(const AddressOctets& address, const config::Network& network);

// Fills address, octets and is_trusted_proxy of exchange.client from its peer: the rightmost hop of X-Forwarded-For
// that is not a trusted proxy itself, if the peer is one; else the peer. REQUIRES: client.peer and peer_octets belong
// together.
void find_client(Exchange& exchange, const AddressOctets& peer_octets,
                 const std::vector<config::Network>& trusted_proxies);

// How a gateway tells `gatehouse serve` the client's address as it trusts it.
inline constexpr std::string_view kRealAddressField = "x-real-ip";
// Takes the client's address from there. REQUIRES: the request was made by a gateway (its assertion is valid).
void believe_gateway(Exchange& exchange);

}  // namespace gatehouse::pipeline
