#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "support/raw_client.hpp"

namespace gatehouse::net::test {

// A backend that plays one script per accepted connection, each on a thread of its own.
class FakeUpstream final {
public:
    using Script = std::function<void(RawSocket& client)>;

    explicit FakeUpstream(Script script) : script_(std::move(script)) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(address);
        ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
        ::listen(listener_, 64);
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        acceptor_ = std::thread([this] { accept(); });
    }
    ~FakeUpstream() {
        ::shutdown(listener_, SHUT_RDWR);
        acceptor_.join();
        ::close(listener_);
        for (std::thread& thread : threads_) thread.join();
    }
    std::uint16_t port() const { return port_; }
    int connections() const { return connections_; }

    // For scripts: the head of the next request, with its empty line; empty when the gateway has closed.
    static std::string receive_head(RawSocket& client) { return client.take_until("\r\n\r\n"); }

private:
    void accept() {
        for (;;) {
            const int accepted = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (accepted < 0) return;
            ++connections_;
            threads_.emplace_back([this, accepted] {
                RawSocket client(accepted);
                script_(client);
            });
        }
    }
    Script script_;
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<int> connections_{0};
    std::thread acceptor_;
    std::vector<std::thread> threads_;  // of the acceptor's thread until it has ended
};

}  // namespace gatehouse::net::test
