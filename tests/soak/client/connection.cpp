#include "tests/soak/client/connection.hpp"

#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "tests/soak/client/reactor.hpp"

namespace soak {

Connection::~Connection() { close(); }

bool Connection::connect() {
    if (is_open()) return true;
    const auto& address = reactor_.address();
    // Blocking: on loopback the handshake is done by the kernel, whoever accepts.
    descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor_ < 0) return false;
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        close();
        return false;
    }
    const int on = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    unsent_.clear();
    reader_.begin();
    is_watching_writes_ = false;
    reactor_.add(descriptor_, *this);
    return true;
}

void Connection::close() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
}

void Connection::send(std::string_view octets) {
    unsent_.append(octets);
    flush();
}

void Connection::flush() {
    while (is_open() && !unsent_.empty()) {
        const ssize_t sent = ::send(descriptor_, unsent_.data(), unsent_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && errno == EAGAIN) break;
        if (sent < 0) {  // what the other side said before it went is still to be read
            unsent_.clear();
            break;
        }
        unsent_.erase(0, static_cast<std::size_t>(sent));
    }
    watch(!unsent_.empty());
}

void Connection::watch(bool writing) {
    if (!is_open() || writing == is_watching_writes_) return;
    is_watching_writes_ = writing;
    reactor_.change(descriptor_, *this, writing);
}

void Connection::on_ready(std::uint32_t events) {
    if ((events & EPOLLOUT) != 0) flush();
    if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) read();
}

void Connection::read() {
    std::array<char, 32 * 1024> buffer;
    const ssize_t count = ::recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) {
        const std::string reason = count == 0 ? "closed by the gateway" : std::strerror(errno);
        close();
        on_lost(reason);
        return;
    }
    std::string_view input(buffer.data(), static_cast<std::size_t>(count));
    while (is_open() && !input.empty()) {
        switch (reader_.feed(input)) {
            case ResponseReader::Status::more:
            case ResponseReader::Status::head: on_progress(); break;
            case ResponseReader::Status::done:
                on_progress();
                if (is_open() && reader_.closes()) close();
                on_response();
                break;
            case ResponseReader::Status::broken:
                close();
                on_lost("not HTTP");
                return;
        }
    }
}

}  // namespace soak
