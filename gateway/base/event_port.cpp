#include "gateway/base/event_port.hpp"

#include <array>
#include <stdexcept>

namespace gatehouse {

namespace {

constexpr int kEventsAtOnce = 256;

int make_set() {
    const int set = ::epoll_create1(EPOLL_CLOEXEC);
    if (set < 0) throw std::runtime_error("no epoll set");
    return set;
}

}  // namespace

EventPort::EventPort(boost::asio::io_context& context) : set_(context, make_set()) { wait(); }

bool EventPort::add(int descriptor, Source& source) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = &source;
    return ::epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void EventPort::wait() {
    set_.async_wait(decltype(set_)::wait_read, [this](const boost::system::error_code& error) {
        if (error) return;
        dispatch();
        wait();
    });
}

void EventPort::dispatch() {
    std::array<epoll_event, kEventsAtOnce> events;
    const int count = ::epoll_wait(set_.native_handle(), events.data(), kEventsAtOnce, 0);
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        static_cast<Source*>(event.data.ptr)->on_events(event.events);
    }
}

}  // namespace gatehouse
