// The floor of what a backend costs: one thread, epoll, keep-alive, a fixed answer of 100 octets to every request head.
// Usage: load_backend PORT. Trusts its peers: for benchmarks on loopback only.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unordered_map>

namespace {

constexpr std::string_view kAnswer =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\n"
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789";
constexpr std::string_view kEndOfHead = "\r\n\r\n";
constexpr int kEventsMax = 256;

int listen_on(std::uint16_t port) {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        listen(listener, 1024) != 0) {
        std::perror("load_backend");
        std::exit(1);
    }
    return listener;
}

void watch(int poll, int descriptor) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event);
}

void accept_all(int poll, int listener) {
    for (int client; (client = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
        const int on = 1;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        watch(poll, client);
    }
}

// Answers every complete head in what has been received; false when the peer has gone.
bool serve(int client, std::string& pending) {
    std::array<char, 16 * 1024> buffer;
    const ssize_t count = read(client, buffer.data(), buffer.size());
    if (count <= 0) return count < 0 && errno == EAGAIN;
    std::string_view received(buffer.data(), static_cast<std::size_t>(count));
    if (!pending.empty()) {
        pending.append(received);
        received = pending;
    }
    std::string answers;
    for (std::size_t end; (end = received.find(kEndOfHead)) != std::string_view::npos;) {
        answers.append(kAnswer);
        received.remove_prefix(end + kEndOfHead.size());
    }
    pending = std::string(received);
    return answers.empty() || write(client, answers.data(), answers.size()) == static_cast<ssize_t>(answers.size());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: load_backend PORT\n", stderr);
        return 2;
    }
    const int listener = listen_on(static_cast<std::uint16_t>(std::atoi(argv[1])));
    const int poll = epoll_create1(EPOLL_CLOEXEC);
    watch(poll, listener);
    std::unordered_map<int, std::string> pending;
    std::array<epoll_event, kEventsMax> events;
    for (;;) {
        const int ready = epoll_wait(poll, events.data(), kEventsMax, -1);
        for (int i = 0; i < ready; ++i) {
            const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
            if (descriptor == listener) {
                accept_all(poll, listener);
            } else if (!serve(descriptor, pending[descriptor])) {
                close(descriptor);
                pending.erase(descriptor);
            }
        }
    }
}
