#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <string>
#include <vector>

#include "gateway/config/model.hpp"

namespace gatehouse::upstream {

// A socket address, ready for connect().
struct Address {
    sockaddr_storage storage{};
    std::size_t size = 0;
    friend bool operator==(const Address& left, const Address& right);
};

// True if resolve() has to ask a name service.
bool needs_resolution(const config::Endpoint& endpoint);

// All addresses of an endpoint that is reached over a socket; empty when the name has none at the moment. Blocks on
// the name service for anything but a numeric address or a Unix path. Those of a child process come with each start of
// it: see Upstreams::set_spawned().  [main, or the resolver's own thread]
std::vector<Address> resolve(const config::Endpoint& endpoint);

// The address of a Unix socket; empty if the path is too long.
std::vector<Address> unix_address(const std::string& path);

// "host:port", "unix:/path" or "spawn:NAME": what a pool is known by.
std::string endpoint_key(const config::Endpoint& endpoint);

}  // namespace gatehouse::upstream
