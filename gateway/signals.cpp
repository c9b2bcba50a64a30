#include "gateway/signals.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <stdexcept>

namespace gatehouse {

namespace {

constexpr std::array kSignals{SIGTERM, SIGINT, SIGHUP};
constexpr char kWake = 0;  // no signal has that number

std::atomic<int> signal_pipe{-1};

extern "C" void on_signal(int number) {
    const int saved = errno;
    const char octet = static_cast<char>(number);
    [[maybe_unused]] const auto written = ::write(signal_pipe.load(std::memory_order_relaxed), &octet, 1);
    errno = saved;
}

}  // namespace

MainThread::MainThread() {
    if (::pipe2(pipe_.data(), O_CLOEXEC | O_NONBLOCK) != 0) throw std::runtime_error("no pipe for signals");
    signal_pipe = pipe_[1];
    struct sigaction action {};
    action.sa_handler = &on_signal;
    action.sa_flags = SA_RESTART;
    for (const int number : kSignals) ::sigaction(number, &action, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
}

MainThread::~MainThread() {
    for (const int number : kSignals) ::signal(number, SIG_DFL);
    signal_pipe = -1;
    ::close(pipe_[0]);
    ::close(pipe_[1]);
}

std::optional<int> MainThread::wait(std::chrono::steady_clock::time_point deadline) {
    using namespace std::chrono;
    for (;;) {
        run_posted();
        char octet = kWake;
        const auto got = ::read(pipe_[0], &octet, 1);
        if (got == 1) {
            run_posted();
            return octet == kWake ? std::nullopt : std::optional<int>(octet);
        }
        const auto left = duration_cast<milliseconds>(deadline - steady_clock::now()).count();
        if (left <= 0) return std::nullopt;
        pollfd readable{.fd = pipe_[0], .events = POLLIN, .revents = 0};
        ::poll(&readable, 1, static_cast<int>(std::min<std::int64_t>(left + 1, 60'000)));
    }
}

void MainThread::post(std::function<void()> work) {
    posted_.with([&](auto& posted) { posted.push_back(std::move(work)); });
    wake();
}

void MainThread::wake() { [[maybe_unused]] const auto written = ::write(pipe_[1], &kWake, 1); }

void MainThread::run_posted() {
    for (const auto& work : posted_.with([](auto& posted) { return std::exchange(posted, {}); })) work();
}

}  // namespace gatehouse
