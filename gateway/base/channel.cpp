#include "gateway/base/channel.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>

namespace gatehouse {

namespace {

// Room below which a read is not worth its system call.
constexpr std::size_t kReadSizeMin = 1024;
constexpr std::size_t kReadSizeMax = 32 * 1024;

// The C library's wrappers are thread cancellation points, which costs two calls each; nobody cancels threads here.
ssize_t receive_some(int descriptor, std::span<char> room) {
    return ::syscall(SYS_recvfrom, descriptor, room.data(), room.size(), 0, nullptr, nullptr);
}

ssize_t send_one(int descriptor, const iovec& part) {
    return ::syscall(SYS_sendto, descriptor, part.iov_base, part.iov_len, MSG_NOSIGNAL, nullptr, 0);
}

ssize_t send_many(int descriptor, const iovec* parts, std::size_t count) {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(parts);
    message.msg_iovlen = count;
    return ::syscall(SYS_sendmsg, descriptor, &message, MSG_NOSIGNAL);
}

}  // namespace

void Output::advance(std::size_t sent) {
    size_ -= sent;
    while (sent > 0) {
        iovec& part = parts_[begin_];
        if (sent < part.iov_len) {
            part.iov_base = static_cast<char*>(part.iov_base) + sent;
            part.iov_len -= sent;
            return;
        }
        sent -= part.iov_len;
        ++begin_;
    }
    if (size_ == 0) begin_ = end_ = 0;
}

Channel::Pointer Channel::make(IoLoop& loop, int descriptor) { return Pointer(new Channel(loop, descriptor)); }

Channel::Channel(IoLoop& loop, int descriptor)
    : loop_(loop),
      descriptor_(descriptor),
      read_size_(kReadSizeMin),
      input_timer_([](void* channel) { static_cast<Channel*>(channel)->on_input_deadline(); }, this),
      output_timer_([](void* channel) { static_cast<Channel*>(channel)->on_output_deadline(); }, this) {
    if (descriptor_ >= 0) attach();
}

Channel::~Channel() = default;

// Freed by a job of its own: the present round of events may still name it.
void Channel::Retire::operator()(Channel* channel) const noexcept {
    assert(!channel->reader_ && !channel->writer_);
    channel->listener_ = nullptr;
    channel->close();
    channel->loop_.cancel(channel->input_timer_);
    channel->loop_.cancel(channel->output_timer_);
    channel->is_retired_ = true;
    channel->post([] {});
}

// Runs work() from the loop, unless the channel was retired in the meantime; the last job frees a retired channel.
template <class F>
void Channel::post(F work) {
    ++posted_;
    loop_.post([this, work] {
        if (!is_retired_) work();
        if (--posted_ == 0 && is_retired_) delete this;
    });
}

void Channel::attach() {
    if (!loop_.events().add(descriptor_, *this)) close();
}

void Channel::on_events(std::uint32_t events) {
    if (descriptor_ < 0) return;  // closed in this very round
    constexpr std::uint32_t kBroken = EPOLLERR | EPOLLHUP;
    if ((events & (EPOLLIN | EPOLLRDHUP | kBroken)) != 0) {
        is_readable_ = true;
        if ((events & (EPOLLRDHUP | kBroken)) != 0) has_hung_up_ = true;
    }
    if (waiting_ == Waiting::connection) {
        if ((events & (EPOLLOUT | kBroken)) == 0) return;
        int error = 0;
        socklen_t size = sizeof(error);
        ::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &size);
        resume_reader(error == 0 ? Event::data : Event::failed);
        return;
    }
    // First what waits to be sent: reading may end the exchange that it belongs to.
    if (writer_ && (events & (EPOLLOUT | kBroken)) != 0) continue_sending();
    if (read_armed_ && is_readable_ && descriptor_ >= 0) read();
}

bool Channel::begin_connect(const sockaddr& address, socklen_t size) {
    descriptor_ = ::socket(address.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor_ < 0) return false;
    if (address.sa_family != AF_UNIX) {
        const int on = 1;
        ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    }
    const bool is_begun = ::connect(descriptor_, &address, size) == 0 || errno == EINPROGRESS;
    if (is_begun) attach();  // after the call: an unconnected socket reports that it has hung up
    return is_begun && is_open();
}

bool Channel::ConnectAwaiter::await_suspend(std::coroutine_handle<> waiter) {
    if (!channel_.begin_connect(address_, size_)) {
        channel_.result_ = Event::failed;
        return false;
    }
    channel_.waiting_ = Waiting::connection;
    channel_.reader_ = waiter;
    channel_.input_deadline_ = deadline_;
    if (deadline_ != TimePoint::max()) channel_.loop_.schedule(channel_.input_timer_, deadline_);
    return true;
}

void Channel::wait_for_input(std::coroutine_handle<> waiter, TimePoint deadline) {
    assert(!reader_);
    reader_ = waiter;
    waiting_ = Waiting::input;
    input_deadline_ = deadline;
    if (deadline != TimePoint::max()) loop_.schedule(input_timer_, deadline);
    read_ahead();
}

// Never reads at once: the caller is about to wait, and other connections have their turn first.
void Channel::read_ahead() {
    if (read_armed_ || input_state_ != Event::data) return;
    read_armed_ = true;
    input_.prepare(read_size_);
    if (!is_readable_) return;
    post([this] {
        if (read_armed_ && is_readable_ && descriptor_ >= 0) read();
    });
}

// REQUIRES: armed. A stream that gave less than there was room for is empty until the kernel tells of more; but the end
// that was announced together with the last octets is not told again.
void Channel::read() {
    const std::span<char> room = input_.prepare(read_size_);
    ssize_t got = 0;
    do {
        got = receive_some(descriptor_, room);
    } while (got < 0 && errno == EINTR);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        is_readable_ = false;
        return;
    }
    read_armed_ = false;
    if (got <= 0) return end_input(got == 0 ? Event::end : Event::failed);
    const auto size = static_cast<std::size_t>(got);
    is_readable_ = size == room.size() || has_hung_up_;
    input_.commit(size);
    received_bytes_ += size;
    read_size_ = size >= read_size_ ? std::min(read_size_ * 4, kReadSizeMax) : kReadSizeMin;
    if (waiting_ == Waiting::input) {
        resume_reader(Event::data);
    } else if (listener_ != nullptr) {
        listener_(listener_context_, Event::data);
    }
}

void Channel::end_input(Event event) {
    input_state_ = event;
    if (waiting_ == Waiting::input) {
        resume_reader(event);
    } else if (listener_ != nullptr) {
        listener_(listener_context_, event);
    }
}

void Channel::resume_reader(Event event) {
    result_ = event;
    waiting_ = Waiting::nothing;
    std::exchange(reader_, nullptr).resume();
}

void Channel::on_input_deadline() {
    if (waiting_ == Waiting::nothing || input_deadline_ == TimePoint::max()) return;
    if (input_deadline_ > Clock::now()) return;
    resume_reader(Event::timeout);
}

Channel::Send Channel::send_now(Output& output) {
    while (!output.empty()) {
        const iovec* const parts = output.parts_.data() + output.begin_;
        const std::size_t count = output.end_ - output.begin_;
        const ssize_t sent = count == 1 ? send_one(descriptor_, *parts) : send_many(descriptor_, parts, count);
        if (sent < 0) {
            if (errno == EINTR) continue;
            return errno == EAGAIN || errno == EWOULDBLOCK ? Send::blocked : Send::failed;
        }
        sent_bytes_ += static_cast<std::uint64_t>(sent);
        output.advance(static_cast<std::size_t>(sent));
    }
    return Send::done;
}

void Channel::wait_until_writable() {
    output_deadline_ = Clock::now() + stall_timeout_;
    loop_.schedule(output_timer_, output_deadline_);
}

void Channel::continue_sending() {
    const Send sent = send_now(*pending_output_);
    if (sent == Send::blocked) {
        wait_until_writable();
    } else {
        end_sending(sent);
    }
}

void Channel::end_sending(Send result) {
    send_result_ = result;
    pending_output_ = nullptr;
    std::exchange(writer_, nullptr).resume();
}

void Channel::on_output_deadline() {
    if (writer_ && output_deadline_ <= Clock::now()) end_sending(Send::failed);
}

void Channel::interrupt_receive() {
    if (waiting_ == Waiting::input) resume_reader(Event::interrupted);
}

void Channel::shutdown_send() {
    if (descriptor_ >= 0) ::shutdown(descriptor_, SHUT_WR);
}

// Whoever waits is told from the loop, not from within this call.
void Channel::close() {
    if (descriptor_ < 0) return;
    if (input_state_ == Event::data) input_state_ = Event::failed;
    ::close(std::exchange(descriptor_, -1));
    read_armed_ = false;
    if (!reader_ && !writer_ && listener_ == nullptr) return;
    post([this] {
        if (writer_) end_sending(Send::failed);
        if (reader_) resume_reader(Event::failed);
    });
}

}  // namespace gatehouse
