#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "gateway/net/listener.hpp"

namespace gatehouse::net {

namespace {

constexpr int kBacklog = 4096;

Error failure(const std::string& what) { return Error{what + ": " + std::strerror(errno)}; }

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;
};

Result<SocketAddress> to_address(const config::Listener& listener) {
    SocketAddress result;
    if (listener.is_unix) {
        auto& address = reinterpret_cast<sockaddr_un&>(result.storage);
        if (listener.host.size() >= sizeof(address.sun_path)) return Error{"the path is too long: " + listener.host};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, listener.host.c_str(), listener.host.size() + 1);
        result.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + listener.host.size() + 1);
        return result;
    }
    auto& ipv4 = reinterpret_cast<sockaddr_in&>(result.storage);
    if (::inet_pton(AF_INET, listener.host.c_str(), &ipv4.sin_addr) == 1) {
        ipv4.sin_family = AF_INET;
        ipv4.sin_port = htons(listener.port);
        result.size = sizeof(sockaddr_in);
        return result;
    }
    auto& ipv6 = reinterpret_cast<sockaddr_in6&>(result.storage);
    if (::inet_pton(AF_INET6, listener.host.c_str(), &ipv6.sin6_addr) != 1) {
        return Error{"not a numeric address: " + listener.host};
    }
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(listener.port);
    result.size = sizeof(sockaddr_in6);
    return result;
}

// A socket file that is left over from a process that has ended would make bind() fail for ever.
void remove_stale(const SocketAddress& address, const std::string& path) {
    const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (probe < 0) return;
    const bool refused = ::connect(probe, reinterpret_cast<const sockaddr*>(&address.storage), address.size) != 0 &&
                         errno == ECONNREFUSED;
    ::close(probe);
    if (refused) ::unlink(path.c_str());
}

std::uint16_t port_of(int descriptor) {
    sockaddr_storage storage{};
    socklen_t size = sizeof(storage);
    if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return 0;
    if (storage.ss_family == AF_INET) return ntohs(reinterpret_cast<sockaddr_in&>(storage).sin_port);
    if (storage.ss_family == AF_INET6) return ntohs(reinterpret_cast<sockaddr_in6&>(storage).sin6_port);
    return 0;
}

std::string describe(const config::Listener& listener, std::uint16_t port) {
    if (listener.is_unix) return "unix:" + listener.host;
    const bool is_ipv6 = listener.host.find(':') != std::string::npos;
    return (is_ipv6 ? "[" + listener.host + "]" : listener.host) + ":" + std::to_string(port);
}

}  // namespace

BoundSocket::BoundSocket(int descriptor, std::string address)
    : descriptor_(descriptor), address_(std::move(address)), port_(port_of(descriptor)) {}
BoundSocket::BoundSocket(BoundSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), address_(std::move(other.address_)), port_(other.port_) {}
BoundSocket::~BoundSocket() {
    if (descriptor_ >= 0) ::close(descriptor_);
}
int BoundSocket::release() { return std::exchange(descriptor_, -1); }

Result<BoundSocket> bind_listener(const config::Listener& listener) {
    if (listener.descriptor >= 0) return BoundSocket(listener.descriptor, describe(listener, listener.port));
    const auto address = to_address(listener);
    if (!address) return address.error();
    const int family = address->storage.ss_family;
    const int descriptor = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return failure("cannot make a socket");
    BoundSocket owner(descriptor, {});
    const int on = 1;
    if (listener.is_unix) {
        remove_stale(*address, listener.host);
    } else {
        ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
        ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
        if (family == AF_INET6) ::setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    }
    if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&address->storage), address->size) != 0) {
        return failure("cannot listen on " + describe(listener, listener.port));
    }
    if (::listen(descriptor, kBacklog) != 0) return failure("cannot listen on " + describe(listener, listener.port));
    return BoundSocket(owner.release(), describe(listener, port_of(descriptor)));
}

Result<BoundSocket> duplicate(const BoundSocket& socket) {
    const int copy = ::fcntl(socket.descriptor(), F_DUPFD_CLOEXEC, 0);
    if (copy < 0) return failure("cannot duplicate the socket of " + socket.address());
    return BoundSocket(copy, socket.address());
}

}  // namespace gatehouse::net
