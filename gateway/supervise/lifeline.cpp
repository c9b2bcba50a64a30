#include "gateway/supervise/lifeline.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <thread>

#include "gateway/base/time.hpp"

namespace gatehouse::supervise {

namespace {

constexpr Duration kOrderTimeout = 10s;
constexpr std::size_t kOrderBytesMax = 4 * 1024 * 1024;
constexpr int kOrphaned = 70;

bool is_listening_socket(int descriptor) {
    int listens = 0;
    socklen_t size = sizeof(listens);
    return ::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0;
}

std::optional<std::string> read_line(int descriptor, TimePoint deadline) {
    std::string text;
    while (text.size() < kOrderBytesMax) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0) return std::nullopt;
        pollfd waited{.fd = descriptor, .events = POLLIN, .revents = 0};
        if (::poll(&waited, 1, static_cast<int>(left)) < 0 && errno != EINTR) return std::nullopt;
        std::array<char, 4096> buffer{};
        const ssize_t got = ::recv(descriptor, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (got == 0) return std::nullopt;
        if (got < 0 && errno != EAGAIN && errno != EINTR) return std::nullopt;
        if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
        if (text.ends_with('\n')) return text;
    }
    return std::nullopt;
}

void limit(__rlimit_resource resource, rlim_t value) {
    rlimit now{};
    if (::getrlimit(resource, &now) != 0) return;
    now.rlim_cur = now.rlim_max = std::min(value, now.rlim_max);
    ::setrlimit(resource, &now);
}

// Data, not address space: threads and allocators reserve far more of that than they use. Sanitizers map terabytes.
void keep_to(const config::Process& process) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    constexpr bool kLimitsMemory = false;
#else
    constexpr bool kLimitsMemory = true;
#endif
    if (kLimitsMemory && process.memory != 0) limit(RLIMIT_DATA, process.memory);
    if (process.files != 0) limit(RLIMIT_NOFILE, process.files);
}

// Whatever arrives or does not arrive any more, it is the end.
void exit_with_gateway() {
    std::array<char, 64> ignored{};
    for (;;) {
        const ssize_t got = ::recv(kControlDescriptor, ignored.data(), ignored.size(), 0);
        if (got > 0 || (got < 0 && errno == EINTR)) continue;
        std::_Exit(kOrphaned);
    }
}

}  // namespace

Result<std::unique_ptr<Lifeline>> Lifeline::attach() {
    if (!is_listening_socket(kListenDescriptor)) return Error{"--spawned is for a gateway's own child processes"};
    ::fcntl(kControlDescriptor, F_SETFD, FD_CLOEXEC);
    ::fcntl(kListenDescriptor, F_SETFD, FD_CLOEXEC);
    ::fcntl(kListenDescriptor, F_SETFL, O_NONBLOCK);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    auto line = read_line(kControlDescriptor, Clock::now() + kOrderTimeout);
    if (!line) return Error{"the gateway that started this process is gone"};
    auto order = parse_order(*line);
    if (!order) return order.error();
    keep_to(order->process);
    std::thread(&exit_with_gateway).detach();
    return std::unique_ptr<Lifeline>(new Lifeline(std::move(*order)));
}

Lifeline::~Lifeline() = default;

void Lifeline::greet(const Greeting& greeting) {
    const std::string line = to_line(greeting);
    std::string_view left = line;
    while (!left.empty()) {
        const ssize_t sent = ::send(kControlDescriptor, left.data(), left.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return;  // the thread that watches ends the process
        left.remove_prefix(static_cast<std::size_t>(sent));
    }
}

}  // namespace gatehouse::supervise
