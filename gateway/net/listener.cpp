#include "gateway/net/listener.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "gateway/net/loop_server.hpp"
#include "gateway/net/session.hpp"

namespace gatehouse::net {

namespace {

constexpr int kAcceptedAtOnce = 64;
constexpr Duration kPause = 50ms;

int open_spare() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

}  // namespace

Listener::Listener(LoopServer& server, int descriptor, RequestHandler* handler)
    : server_(server),
      descriptor_(server.loop().context(), descriptor),
      handler_(handler),
      spare_descriptor_(open_spare()),
      resume_timer_([](void* listener) { static_cast<Listener*>(listener)->resume(); }, this) {}

Listener::~Listener() {
    if (spare_descriptor_ >= 0) ::close(spare_descriptor_);
}

void Listener::start() { wait(); }

void Listener::stop() {
    boost::system::error_code ignored;
    descriptor_.close(ignored);  // NOLINT(bugprone-unused-return-value)
    server_.loop().cancel(resume_timer_);
}

void Listener::accept_waiting_and_stop() {
    if (descriptor_.is_open() && !is_paused_) accept_some();
    stop();
}

void Listener::resume() {
    if (!is_paused_) return;
    is_paused_ = false;
    server_.loop().cancel(resume_timer_);
    wait();
}

void Listener::wait() {
    if (is_waiting_ || !descriptor_.is_open()) return;
    is_waiting_ = true;
    descriptor_.async_wait(Descriptor::wait_read, [this](const boost::system::error_code& error) {
        is_waiting_ = false;
        if (!error) accept_some();
    });
}

// Out of room or descriptors: looks again a little later instead of spinning on a socket that stays readable.
void Listener::pause() {
    is_paused_ = true;
    server_.loop().schedule(resume_timer_, Clock::now() + kPause);
}

void Listener::accept_some() {
    for (int count = 0; count < kAcceptedAtOnce; ++count) {
        if (handler_ == nullptr && !server_.has_room()) return pause();
        PeerAddress peer;
        const int accepted = ::accept4(descriptor_.native_handle(), reinterpret_cast<sockaddr*>(&peer.storage),
                                       &peer.size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (accepted < 0) {
            if (errno == EAGAIN || errno == EWOULDBLOCK) break;
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
                // The client at the head of the queue is told at once rather than left waiting.
                if (spare_descriptor_ >= 0) {
                    ::close(spare_descriptor_);
                    const int refused = ::accept4(descriptor_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC);
                    if (refused >= 0) ::close(refused);
                    spare_descriptor_ = open_spare();
                }
                return pause();
            }
            continue;  // that one connection is gone already
        }
        const int family = peer.storage.ss_family;
        if (family == AF_INET || family == AF_INET6) {
            const int on = 1;
            ::setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        }
        if (handler_ == nullptr) server_.make_room();
        Session::start(server_, accepted, peer, handler_);
    }
    wait();
}

}  // namespace gatehouse::net
