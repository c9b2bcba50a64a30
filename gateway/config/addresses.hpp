#pragma once

#include <string>
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/config/model.hpp"

namespace gatehouse::config {

// What is wrong with an address, for a finding.
struct AddressError {
    std::string message;
    std::string help;
    bool is_not_supported = false;  // known, refused for now
};

template <class T>
using AddressResult = Result<T, AddressError>;

// "127.0.0.1:8080", "[::1]:8080" or "unix:/path". Numeric only: a listener must not depend on DNS.
AddressResult<Listener> parse_listener(std::string_view text);
// "plugin:NAME", "spawn:NAME", "http://host:port", "http+unix:/path".
AddressResult<Endpoint> parse_endpoint(std::string_view text);
// "10.0.0.0/8", "::1".
AddressResult<Network> parse_network(std::string_view text);

std::string format_listener(const Listener& listener);
std::string format_endpoint(const Endpoint& endpoint);
std::string format_network(const Network& network);

// Only this machine can reach it.
bool is_local(const Listener& listener);

// Letters, digits, '-' and '.', labels not empty: what a Host field may say without its port.
bool is_host_name(std::string_view text);
// "plugin:users" -> users: lower case, digits, '-', '_', beginning with a letter, 63 at most.
bool is_service_name(std::string_view text);

}  // namespace gatehouse::config
