#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/soak/client/response_reader.hpp"

namespace soak {

class Reactor;

// One client of the gateway: a keep-alive connection that speaks when its owner tells it to. All calls come from the
// reactor's thread.
class Connection {
public:
    explicit Connection(Reactor& reactor) : reactor_(reactor) {}
    virtual ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void on_ready(std::uint32_t events);  // by the reactor
    virtual void on_time() = 0;           // its alarm: see Reactor::wake_at

protected:
    // Opens the connection if there is none.
    bool connect();
    void send(std::string_view octets);
    void close();
    bool is_open() const { return descriptor_ >= 0; }
    ResponseReader& reader() { return reader_; }
    Reactor& reactor() { return reactor_; }

    virtual void on_progress() {}                       // the head is known, or more of the body has come
    virtual void on_response() = 0;                     // complete; the reader still holds it
    virtual void on_lost(std::string_view reason) = 0;  // gone; nothing more will come of what was sent

private:
    void read();
    void flush();
    void watch(bool writing);

    Reactor& reactor_;
    int descriptor_ = -1;
    bool is_watching_writes_ = false;
    std::string unsent_;
    ResponseReader reader_;
};

}  // namespace soak
