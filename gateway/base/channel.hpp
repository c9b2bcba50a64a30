#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "gateway/base/event_port.hpp"
#include "gateway/base/input_buffer.hpp"
#include "gateway/base/io_loop.hpp"

namespace gatehouse {

// Octets still to be sent, in up to kPartsMax pieces that go out in one system call. Views only.
class Output final {
public:
    static constexpr std::size_t kPartsMax = 32;

    // REQUIRES: not full.
    void add(std::string_view part) {
        if (part.empty()) return;
        parts_[end_++] = {const_cast<char*>(part.data()), part.size()};
        size_ += part.size();
    }
    bool is_full() const { return end_ == kPartsMax; }
    bool empty() const { return size_ == 0; }
    std::size_t size() const { return size_; }

private:
    friend class Channel;
    void advance(std::size_t sent);
    std::array<iovec, kPartsMax> parts_;  // [begin_, end_)
    std::size_t begin_ = 0, end_ = 0, size_ = 0;
};

// A connected stream socket, TCP or Unix, with its input buffer and its deadlines: what client sessions and upstream
// connections are made of. At most one read is ever armed; it may stay armed while nobody waits, so that the arrival of
// more input or the end of the peer is noticed without a system call of its own: a read is made when the kernel has
// said that there is something, or the last one filled its buffer. One coroutine may wait for input while another one
// sends. Everything is [loop].
class Channel final : private EventPort::Source {
public:
    enum class Event : std::uint8_t {
        data,    // more octets than before are in input()
        end,     // the peer has finished sending
        failed,  // reset, or close() was called
        timeout,
        interrupted,  // by interrupt_receive()
    };
    enum class Send : std::uint8_t { done, blocked, failed };

    // Closes the socket and frees the channel, soon. REQUIRES: no coroutine waits on it.
    struct Retire {
        void operator()(Channel* channel) const noexcept;
    };
    using Pointer = std::unique_ptr<Channel, Retire>;

    // Takes over a connected, non-blocking socket; -1 = none yet, see connect().
    static Pointer make(IoLoop& loop, int descriptor = -1);

    IoLoop& loop() { return loop_; }
    int descriptor() const { return descriptor_; }
    InputBuffer& input() { return input_; }
    std::span<char> unread() const { return input_.unread(); }

    // co_await connect(address, size, deadline): data = connected, else failed or timeout.
    auto connect(const sockaddr& address, socklen_t size, TimePoint deadline);

    // co_await receive(deadline): waits for more than what input() holds now.
    auto receive(TimePoint deadline);
    // Arms a read without waiting for it.
    void read_ahead();
    // What ended the input, if something has: end or failed; data otherwise.
    Event input_state() const { return input_state_; }
    // Called instead of resuming a waiter when the input ends or fails while nobody waits; also when data arrives.
    // One listener; nullptr removes it.
    using Listener = void (*)(void* context, Event event);
    void listen(Listener listener, void* context) {
        listener_ = listener;
        listener_context_ = context;
    }

    // Sends as much as the kernel takes now; blocked: `output` holds the rest.
    Send send_now(Output& output);
    // co_await send(output, timeout): sends all of it, now if the kernel takes it; a slow peer may take `stall_timeout`
    // between two steps of progress. Gives done or failed. `output` and what it shows must stay valid.
    auto send(Output& output, Duration stall_timeout);
    // Ends a receive() that is being waited for, with `interrupted`.
    void interrupt_receive();

    // Ends the output; the peer can still be read.
    void shutdown_send();
    // Fails every wait, soon. Idempotent.
    void close();
    bool is_open() const { return descriptor_ >= 0; }

    std::uint64_t received_bytes() const { return received_bytes_; }
    std::uint64_t sent_bytes() const { return sent_bytes_; }

private:
    enum class Waiting : std::uint8_t { nothing, input, connection };

    class ReceiveAwaiter;
    class ConnectAwaiter;
    class SendAwaiter;

    Channel(IoLoop& loop, int descriptor);
    ~Channel();
    void on_events(std::uint32_t events) override;
    void attach();
    bool begin_connect(const sockaddr& address, socklen_t size);
    void wait_for_input(std::coroutine_handle<> waiter, TimePoint deadline);
    void wait_until_writable();
    void read();
    void end_input(Event event);
    void continue_sending();
    void end_sending(Send result);
    void on_input_deadline();
    void on_output_deadline();
    void resume_reader(Event event);
    template <class F>
    void post(F work);

    IoLoop& loop_;
    int descriptor_;
    InputBuffer input_;
    Event input_state_ = Event::data;
    Event result_ = Event::data;
    Waiting waiting_ = Waiting::nothing;
    bool read_armed_ = false;
    bool is_readable_ = false;  // the kernel may have something for us
    bool has_hung_up_ = false;  // ... and its end is known to be near
    bool is_retired_ = false;
    std::uint8_t posted_ = 0;  // jobs of this channel that are under way
    std::size_t read_size_;    // room for the next read: grows while reads fill it
    std::coroutine_handle<> reader_;
    std::coroutine_handle<> writer_;
    Output* pending_output_ = nullptr;  // what writer_ waits for
    Duration stall_timeout_{};
    Send send_result_ = Send::done;
    TimePoint input_deadline_ = TimePoint::max();
    TimePoint output_deadline_ = TimePoint::max();
    TimerWheel::Entry input_timer_;
    TimerWheel::Entry output_timer_;
    Listener listener_ = nullptr;
    void* listener_context_ = nullptr;
    std::uint64_t received_bytes_ = 0, sent_bytes_ = 0;
};

class Channel::ReceiveAwaiter final {
public:
    ReceiveAwaiter(Channel& channel, TimePoint deadline) : channel_(channel), deadline_(deadline) {}
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> waiter) {
        if (channel_.input_state_ != Event::data) {
            channel_.result_ = channel_.input_state_;
            return false;
        }
        channel_.wait_for_input(waiter, deadline_);
        return true;
    }
    Event await_resume() const noexcept { return channel_.result_; }

private:
    Channel& channel_;
    TimePoint deadline_;
};

class Channel::ConnectAwaiter final {
public:
    ConnectAwaiter(Channel& channel, const sockaddr& address, socklen_t size, TimePoint deadline)
        : channel_(channel), address_(address), size_(size), deadline_(deadline) {}
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> waiter);
    Event await_resume() const noexcept { return channel_.result_; }

private:
    Channel& channel_;
    const sockaddr& address_;
    socklen_t size_;
    TimePoint deadline_;
};

class Channel::SendAwaiter final {
public:
    SendAwaiter(Channel& channel, Output& output, Duration stall_timeout)
        : channel_(channel), output_(output), stall_timeout_(stall_timeout) {}
    bool await_ready() {
        channel_.send_result_ = channel_.send_now(output_);
        return channel_.send_result_ != Send::blocked;
    }
    void await_suspend(std::coroutine_handle<> waiter) {
        channel_.writer_ = waiter;
        channel_.pending_output_ = &output_;
        channel_.stall_timeout_ = stall_timeout_;
        channel_.wait_until_writable();
    }
    Send await_resume() const noexcept { return channel_.send_result_; }

private:
    Channel& channel_;
    Output& output_;
    Duration stall_timeout_;
};

inline auto Channel::connect(const sockaddr& address, socklen_t size, TimePoint deadline) {
    return ConnectAwaiter(*this, address, size, deadline);
}
inline auto Channel::send(Output& output, Duration stall_timeout) { return SendAwaiter(*this, output, stall_timeout); }
inline auto Channel::receive(TimePoint deadline) { return ReceiveAwaiter(*this, deadline); }

}  // namespace gatehouse
