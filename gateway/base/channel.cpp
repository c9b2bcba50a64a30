#include "gateway/base/channel.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cassert>
#include <cerrno>

namespace gatehouse {

namespace {

// Room below which a read is not worth its system call.
constexpr std::size_t kReadSizeMin = 1024;
constexpr std::size_t kReadSizeMax = 32 * 1024;

using boost::asio::socket_base;

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

template <class T>
struct Channel::OperationAllocator {
    using value_type = T;
    explicit OperationAllocator(OperationMemory& memory_in) : memory(&memory_in) {}
    template <class U>
    OperationAllocator(const OperationAllocator<U>& other) : memory(other.memory) {}  // NOLINT: rebinding

    T* allocate(std::size_t count) {
        if (!memory->in_use && count * sizeof(T) <= sizeof(memory->bytes)) {
            memory->in_use = true;
            return reinterpret_cast<T*>(memory->bytes.data());
        }
        return static_cast<T*>(::operator new(count * sizeof(T)));
    }
    void deallocate(T* pointer, std::size_t) {
        if (reinterpret_cast<std::byte*>(pointer) == memory->bytes.data()) {
            memory->in_use = false;
        } else {
            ::operator delete(pointer);
        }
    }
    template <class U>
    bool operator==(const OperationAllocator<U>& other) const {
        return memory == other.memory;
    }
    OperationMemory* memory;
};

struct Channel::ReadHandler {
    Channel* channel;
    using allocator_type = OperationAllocator<void*>;
    allocator_type get_allocator() const { return allocator_type(channel->read_memory_); }
    void operator()(const boost::system::error_code& error, std::size_t size) { channel->on_read(error, size); }
};

struct Channel::ConnectHandler {
    Channel* channel;
    using allocator_type = OperationAllocator<void*>;
    allocator_type get_allocator() const { return allocator_type(channel->write_memory_); }
    void operator()(const boost::system::error_code& error) { channel->on_connected(error); }
};

struct Channel::WriteHandler {
    Channel* channel;
    using allocator_type = OperationAllocator<void*>;
    allocator_type get_allocator() const { return allocator_type(channel->write_memory_); }
    void operator()(const boost::system::error_code& error) { channel->on_writable(error); }
};

Channel::Pointer Channel::make(IoLoop& loop, Socket socket) { return Pointer(new Channel(loop, std::move(socket))); }
Channel::Pointer Channel::make(IoLoop& loop) { return Pointer(new Channel(loop, Socket(loop.context()))); }

Channel::Channel(IoLoop& loop, Socket socket)
    : loop_(loop),
      socket_(std::move(socket)),
      read_size_(kReadSizeMin),
      input_timer_([](void* channel) { static_cast<Channel*>(channel)->on_input_deadline(); }, this),
      output_timer_([](void* channel) { static_cast<Channel*>(channel)->on_output_deadline(); }, this) {}

void Channel::Retire::operator()(Channel* channel) const noexcept {
    assert(!channel->reader_ && !channel->writer_);
    channel->listener_ = nullptr;
    channel->close();
    channel->loop_.cancel(channel->input_timer_);
    channel->loop_.cancel(channel->output_timer_);
    channel->is_retired_ = true;
    if (channel->operations_ == 0) delete channel;
}

void Channel::operation_ended() {
    --operations_;
    if (is_retired_ && operations_ == 0) delete this;
}

bool Channel::ConnectAwaiter::await_suspend(std::coroutine_handle<> waiter) {
    boost::system::error_code error;
    channel_.socket_.open(endpoint_.protocol(), error);  // NOLINT(bugprone-unused-return-value)
    if (error) {
        channel_.result_ = Event::failed;
        return false;
    }
    if (endpoint_.protocol().family() != AF_UNIX) {
        const int on = 1;
        ::setsockopt(channel_.socket_.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    }
    channel_.waiting_ = Waiting::connection;
    channel_.reader_ = waiter;
    channel_.input_deadline_ = deadline_;
    if (deadline_ != TimePoint::max()) channel_.loop_.schedule(channel_.input_timer_, deadline_);
    ++channel_.operations_;
    channel_.socket_.async_connect(endpoint_, ConnectHandler{&channel_});
    return true;
}

void Channel::on_connected(const boost::system::error_code& error) {
    if (waiting_ == Waiting::connection) resume_reader(error ? Event::failed : Event::data);
    operation_ended();
}

void Channel::wait_for_input(std::coroutine_handle<> waiter, TimePoint deadline) {
    assert(!reader_);
    reader_ = waiter;
    waiting_ = Waiting::input;
    input_deadline_ = deadline;
    if (deadline != TimePoint::max()) loop_.schedule(input_timer_, deadline);
    read_ahead();
}

void Channel::read_ahead() {
    if (read_armed_ || input_state_ != Event::data) return;
    const std::span<char> room = input_.prepare(read_size_);
    read_armed_ = true;
    ++operations_;
    socket_.async_read_some(boost::asio::buffer(room.data(), room.size()), ReadHandler{this});
}

void Channel::on_read(const boost::system::error_code& error, std::size_t size) {
    read_armed_ = false;
    if (!is_retired_) {
        Event event = Event::data;
        if (error) {
            event = input_state_ = error == boost::asio::error::eof ? Event::end : Event::failed;
        } else {
            input_.commit(size);
            received_bytes_ += size;
            read_size_ = size >= read_size_ ? std::min(read_size_ * 4, kReadSizeMax) : kReadSizeMin;
        }
        if (waiting_ == Waiting::input) {
            resume_reader(event);
        } else if (listener_ != nullptr) {
            listener_(listener_context_, event);
        }
    }
    operation_ended();
}

void Channel::resume_reader(Event event) {
    result_ = event;
    waiting_ = Waiting::nothing;
    std::exchange(reader_, nullptr).resume();
}

void Channel::on_input_deadline() {
    if (waiting_ == Waiting::nothing || input_deadline_ == TimePoint::max()) return;
    if (waiting_ == Waiting::connection) close();  // its operation ends by itself, later
    resume_reader(Event::timeout);
}

Channel::Send Channel::send_now(Output& output) {
    while (!output.empty()) {
        msghdr message{};
        message.msg_iov = output.parts_.data() + output.begin_;
        message.msg_iovlen = output.end_ - output.begin_;
        const ssize_t sent = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
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
    stalled_ = false;
    output_deadline_ = Clock::now() + stall_timeout_;
    loop_.schedule(output_timer_, output_deadline_);
    ++operations_;
    socket_.async_wait(socket_base::wait_write, WriteHandler{this});
}

void Channel::on_writable(const boost::system::error_code& error) {
    if (writer_) {
        send_result_ = error || stalled_ || !socket_.is_open() ? Send::failed : send_now(*pending_output_);
        if (send_result_ == Send::blocked) {
            wait_until_writable();
        } else {
            pending_output_ = nullptr;
            std::exchange(writer_, nullptr).resume();
        }
    }
    operation_ended();
}

void Channel::on_output_deadline() {
    if (!writer_ || output_deadline_ > Clock::now()) return;
    stalled_ = true;
    close();  // ends the wait
}

void Channel::interrupt_receive() {
    if (waiting_ == Waiting::input) resume_reader(Event::interrupted);
}

void Channel::shutdown_send() {
    boost::system::error_code ignored;
    socket_.shutdown(socket_base::shutdown_send, ignored);  // NOLINT(bugprone-unused-return-value)
}

void Channel::close() {
    if (!socket_.is_open()) return;
    if (input_state_ == Event::data) input_state_ = Event::failed;
    boost::system::error_code ignored;
    socket_.close(ignored);  // NOLINT(bugprone-unused-return-value)
}

}  // namespace gatehouse
