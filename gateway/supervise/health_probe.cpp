#include "gateway/supervise/health_probe.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "gateway/supervise/descriptor.hpp"

namespace gatehouse::supervise {

namespace {

constexpr std::string_view kQuestion = "GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
constexpr std::string_view kAnswer = "HTTP/1.1 200 ";

bool wait_for(int descriptor, short events, TimePoint deadline) {
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0) return false;
        pollfd waited{.fd = descriptor, .events = events, .revents = 0};
        const int ready = ::poll(&waited, 1, static_cast<int>(left));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return false;
    }
}

}  // namespace

bool is_healthy(const std::string& socket_path, Duration limit) {
    const TimePoint deadline = Clock::now() + limit;
    sockaddr_un address{};
    if (socket_path.size() >= sizeof(address.sun_path)) return false;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, socket_path.c_str(), socket_path.size() + 1);
    const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    // A full queue of connections is EAGAIN at once: nobody has taken one out for a long time.
    if (!socket || ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
        return false;
    }
    const ssize_t sent = ::send(socket.get(), kQuestion.data(), kQuestion.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(kQuestion.size())) return false;
    std::string answer;
    while (answer.size() < kAnswer.size()) {
        if (!wait_for(socket.get(), POLLIN, deadline)) return false;
        std::array<char, 512> buffer{};
        const ssize_t got = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
        if (got <= 0) return false;
        answer.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return answer.starts_with(kAnswer);
}

}  // namespace gatehouse::supervise
