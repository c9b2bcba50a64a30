#include "tests/soak/client/reactor.hpp"

#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "tests/soak/client/connection.hpp"

namespace soak {

namespace {
constexpr int kEventsMax = 128;
}

Reactor::Reactor(const std::string& address) {
    const std::size_t colon = address.rfind(':');
    address_.sin_family = AF_INET;
    address_.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
    if (::inet_pton(AF_INET, address.substr(0, colon).c_str(), &address_.sin_addr) != 1) {
        throw std::runtime_error("not an address: " + address);
    }
    poll_ = ::epoll_create1(EPOLL_CLOEXEC);
    timer_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = timer_;
    // The two that are no connections are told apart by their value: no pointer is that small.
    event.data.u64 = 1;
    ::epoll_ctl(poll_, EPOLL_CTL_ADD, timer_, &event);
    event.data.u64 = 2;
    ::epoll_ctl(poll_, EPOLL_CTL_ADD, STDIN_FILENO, &event);
}

Reactor::~Reactor() {
    ::close(timer_);
    ::close(poll_);
}

void Reactor::add(int descriptor, Connection& connection) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &connection;
    ::epoll_ctl(poll_, EPOLL_CTL_ADD, descriptor, &event);
}

void Reactor::change(int descriptor, Connection& connection, bool writing) {
    epoll_event event{};
    event.events = writing ? EPOLLIN | EPOLLOUT : EPOLLIN;
    event.data.ptr = &connection;
    ::epoll_ctl(poll_, EPOLL_CTL_MOD, descriptor, &event);
}

void Reactor::run(const std::function<void(const std::string&)>& command) {
    std::array<epoll_event, kEventsMax> events;
    while (!is_stopping_) {
        ring_alarms();
        arm();
        const int count = ::epoll_wait(poll_, events.data(), kEventsMax, -1);
        for (int i = 0; i < count && !is_stopping_; ++i) {
            const epoll_event& event = events[static_cast<std::size_t>(i)];
            if (event.data.u64 == 1) {
                std::uint64_t expirations = 0;
                [[maybe_unused]] const auto got = ::read(timer_, &expirations, sizeof expirations);
                armed_ = {};
            } else if (event.data.u64 == 2) {
                read_commands(command);
            } else {
                static_cast<Connection*>(event.data.ptr)->on_ready(event.events);
            }
        }
    }
}

void Reactor::wake_at(Connection& connection, Clock::time_point when) {
    const auto known = alarm_of_.find(&connection);
    if (known != alarm_of_.end()) alarms_.erase(known->second);
    alarm_of_[&connection] = alarms_.emplace(when, &connection);
}

void Reactor::ring_alarms() {
    const Clock::time_point now = Clock::now();
    while (!alarms_.empty() && alarms_.begin()->first <= now) {
        Connection* const connection = alarms_.begin()->second;
        alarms_.erase(alarms_.begin());
        alarm_of_.erase(connection);
        connection->on_time();
    }
}

void Reactor::arm() {
    if (alarms_.empty() || alarms_.begin()->first == armed_) return;
    armed_ = alarms_.begin()->first;
    const auto since_boot = armed_.time_since_epoch();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_boot);
    itimerspec when{};
    when.it_value.tv_sec = seconds.count();
    when.it_value.tv_nsec = std::chrono::nanoseconds(since_boot - seconds).count();
    ::timerfd_settime(timer_, TFD_TIMER_ABSTIME, &when, nullptr);
}

void Reactor::read_commands(const std::function<void(const std::string&)>& command) {
    std::array<char, 4096> buffer;
    const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count <= 0) return stop();
    line_.append(buffer.data(), static_cast<std::size_t>(count));
    for (std::size_t end; (end = line_.find('\n')) != std::string::npos;) {
        const std::string line = line_.substr(0, end);
        line_.erase(0, end + 1);
        command(line);
    }
}

}  // namespace soak
