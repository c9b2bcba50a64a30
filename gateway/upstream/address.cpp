#include "gateway/upstream/address.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace gatehouse::upstream {

namespace {

std::string without_brackets(const std::string& host) {
    return host.size() > 2 && host.front() == '[' && host.back() == ']' ? host.substr(1, host.size() - 2) : host;
}

std::vector<Address> look_up(const config::Endpoint& endpoint, int flags) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV | flags;
    addrinfo* found = nullptr;
    const std::string host = without_brackets(endpoint.host);
    if (::getaddrinfo(host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found) != 0) return {};
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
    std::vector<Address> result;
    for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
        Address address;
        std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
        address.size = entry->ai_addrlen;
        result.push_back(address);
    }
    // IPv4 first: a service on "localhost" listens there more often than not. The others follow.
    std::stable_partition(result.begin(), result.end(),
                          [](const Address& address) { return address.storage.ss_family == AF_INET; });
    return result;
}

}  // namespace

bool operator==(const Address& left, const Address& right) {
    return left.size == right.size && std::memcmp(&left.storage, &right.storage, left.size) == 0;
}

std::vector<Address> unix_address(const std::string& path) {
    sockaddr_un address{};
    if (path.size() >= sizeof(address.sun_path)) return {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    Address result;
    std::memcpy(&result.storage, &address, sizeof(address));
    result.size = offsetof(sockaddr_un, sun_path) + path.size() + 1;
    return {result};
}

bool needs_resolution(const config::Endpoint& endpoint) {
    return endpoint.kind == config::Endpoint::Kind::http && look_up(endpoint, AI_NUMERICHOST).empty();
}

std::vector<Address> resolve(const config::Endpoint& endpoint) {
    switch (endpoint.kind) {
        case config::Endpoint::Kind::plugin:
        case config::Endpoint::Kind::spawn: return {};
        case config::Endpoint::Kind::unix_socket: return unix_address(endpoint.host);
        case config::Endpoint::Kind::http: break;
    }
    return look_up(endpoint, 0);
}

std::string endpoint_key(const config::Endpoint& endpoint) {
    if (endpoint.kind == config::Endpoint::Kind::unix_socket) return "unix:" + endpoint.host;
    if (endpoint.kind == config::Endpoint::Kind::spawn) return "spawn:" + endpoint.plugin;
    return endpoint.host + ":" + std::to_string(endpoint.port);
}

}  // namespace gatehouse::upstream
