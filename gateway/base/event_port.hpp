#pragma once

#include <sys/epoll.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <cstdint>

namespace gatehouse {

// Readiness of a loop's own sockets: an epoll set of its own, nested in Asio's, edge-triggered and registered once per
// socket. Asio tries every read before it waits, which costs a second system call for each; here a read that came back
// short is not tried again before the kernel says so. Two system calls more per wake-up, however many sockets it was
// for.
//
//   Asio's epoll --"set is ready"--> EventPort --epoll_wait--> on_events() of each socket
class EventPort final {
public:
    class Source {
    public:
        virtual void on_events(std::uint32_t events) = 0;  // EPOLL*

    protected:
        ~Source() = default;
    };

    explicit EventPort(boost::asio::io_context& context);
    EventPort(const EventPort&) = delete;
    EventPort& operator=(const EventPort&) = delete;

    // From now on until the descriptor is closed on_events() is called at each edge of reading and writing. A source
    // may be told once more, of nothing, in the round in which it closes: it must live until then (see IoLoop::post()).
    // False: the kernel refuses.
    [[nodiscard]] bool add(int descriptor, Source& source);

private:
    void wait();
    void dispatch();

    boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> set_;
};

}  // namespace gatehouse
