#include "gateway/supervise/child.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace gatehouse::supervise {

namespace {

constexpr std::size_t kLastLines = 8;
constexpr std::size_t kGreetingBytesMax = 4 * 1024 * 1024;
constexpr int kOrderTimeoutMilliseconds = 5'000;

std::string describe(const siginfo_t& info) {
    if (info.si_code == CLD_EXITED) return "exited with status " + std::to_string(info.si_status);
    const char* name = ::sigabbrev_np(info.si_status);
    return "killed by " + (name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(info.si_status));
}

}  // namespace

Result<std::unique_ptr<Child>> Child::start(const Plan& plan) {
    auto listening = listen_at(plan.socket_path);
    if (!listening) return listening.error();
    auto launched = launch(plan.program, plan.arguments, *listening);
    if (!launched) {
        ::unlink(plan.socket_path.c_str());
        return launched.error();
    }
    // The child alone holds the socket from here on: when it dies, whoever has connected is told at once.
    listening->close();
    std::unique_ptr<Child> child(new Child(std::move(*launched), plan.socket_path));
    if (auto error = child->give(to_line(plan.order))) return *error;
    return child;
}

Child::Child(Launched launched, std::string socket_path)
    : launched_(std::move(launched)),
      socket_path_(std::move(socket_path)),
      started_(Clock::now()),
      control_(kGreetingBytesMax) {}

Child::~Child() {
    if (!is_reaped_) {
        signal(SIGKILL);
        siginfo_t info{};
        while (::waitid(P_PIDFD, static_cast<id_t>(launched_.process.get()), &info, WEXITED) != 0 && errno == EINTR) {
        }
    }
    ::unlink(socket_path_.c_str());
}

std::optional<Error> Child::give(std::string_view order) const {
    while (!order.empty()) {
        const ssize_t sent = ::send(launched_.control.get(), order.data(), order.size(), MSG_NOSIGNAL);
        if (sent > 0) {
            order.remove_prefix(static_cast<std::size_t>(sent));
        } else if (sent < 0 && errno == EAGAIN) {
            pollfd waited{.fd = launched_.control.get(), .events = POLLOUT, .revents = 0};
            if (::poll(&waited, 1, kOrderTimeoutMilliseconds) == 0) return Error{"the child process takes no orders"};
        } else if (sent < 0 && errno != EINTR) {
            return Error{std::string("the child process takes no orders: ") + std::strerror(errno)};
        }
    }
    return std::nullopt;
}

void Child::read_output(const LineReader::Take& say) {
    if (output_ended_) return;
    const LineReader::State state = output_.read(launched_.output.get(), [&](std::string_view line) {
        if (line.empty()) return;
        last_lines_.emplace_back(line);
        if (last_lines_.size() > kLastLines) last_lines_.pop_front();
        say(line);
    });
    output_ended_ = state == LineReader::State::ended;
}

std::optional<Result<Greeting>> Child::read_greeting() {
    if (control_ended_) return std::nullopt;
    std::optional<Result<Greeting>> greeting;
    const LineReader::State state = control_.read(launched_.control.get(), [&](std::string_view line) {
        if (!greeting) greeting = parse_greeting(line);
    });
    control_ended_ = state == LineReader::State::ended;
    if (greeting && *greeting && !(*greeting)->error.empty()) greeting = Error{(*greeting)->error};
    return greeting;
}

std::string Child::last_words() const {
    std::string text;
    for (const std::string& line : last_lines_) text.append(text.empty() ? "" : "\n").append(line);
    return text;
}

void Child::signal(int number) const {
    if (!is_reaped_) ::syscall(SYS_pidfd_send_signal, launched_.process.get(), number, nullptr, 0);
}

std::optional<std::string> Child::reap() {
    siginfo_t info{};
    if (is_reaped_ || ::waitid(P_PIDFD, static_cast<id_t>(launched_.process.get()), &info, WEXITED | WNOHANG) != 0 ||
        info.si_pid == 0) {
        return std::nullopt;
    }
    is_reaped_ = true;
    return describe(info);
}

}  // namespace gatehouse::supervise
