#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <string>

#include "gateway/base/io_loop.hpp"
#include "gateway/base/result.hpp"
#include "gateway/config/model.hpp"
#include "gateway/net/handler.hpp"

namespace gatehouse::net {

class LoopServer;

// A bound and listening socket; closes it unless it was given away with release().
class BoundSocket final {
public:
    // REQUIRES: descriptor is a listening socket.
    BoundSocket(int descriptor, std::string address);
    BoundSocket(BoundSocket&& other) noexcept;
    BoundSocket& operator=(BoundSocket&&) = delete;
    ~BoundSocket();

    const std::string& address() const { return address_; }  // "127.0.0.1:8080" or "unix:/path"
    std::uint16_t port() const { return port_; }
    int descriptor() const { return descriptor_; }
    int release();

private:
    int descriptor_;
    std::string address_;
    std::uint16_t port_ = 0;
};

// Binds and listens: with SO_REUSEPORT for TCP, so that each loop can have its own socket for the same address. A Unix
// path that nobody listens on any more is replaced. An inherited socket is taken as it is.  [main]
Result<BoundSocket> bind_listener(const config::Listener& listener);
// A second descriptor for the same Unix socket, for another loop.
Result<BoundSocket> duplicate(const BoundSocket& socket);

// Accepts connections on one loop.  [loop]
class Listener final {
public:
    Listener(LoopServer& server, int descriptor, RequestHandler* handler);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    void start();
    void stop();
    // Takes in who has connected already, then stops: closing alone would reset them.
    void accept_waiting_and_stop();
    // Goes on after a pause for want of room.
    void resume();
    bool has_handler() const { return handler_ != nullptr; }

private:
    using Descriptor = boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>;
    void wait();
    void accept_some();
    void pause();

    LoopServer& server_;
    Descriptor descriptor_;
    RequestHandler* handler_;
    bool is_waiting_ = false;
    bool is_paused_ = false;
    int spare_descriptor_;  // given up to accept and close one connection when there are no more descriptors
    TimerWheel::Entry resume_timer_;
};

}  // namespace gatehouse::net
