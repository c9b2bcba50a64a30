#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>
#include <coroutine>
#include <cstddef>

// Awaitable socket operations for Task<>: one suspended frame and one recycled Asio operation each, nothing else.
// Errors are values. An operation is cancelled by socket.cancel() or close() and then gives operation_aborted.
//
//   const auto [error, size] = co_await read_some(socket, buffer);
namespace gatehouse {

struct IoResult {
    boost::system::error_code error;
    std::size_t size = 0;
};

namespace detail {

class SocketAwaiter {
public:
    bool await_ready() const noexcept { return false; }
    IoResult await_resume() const noexcept { return result_; }

protected:
    struct Handler {
        SocketAwaiter* awaiter;
        void operator()(const boost::system::error_code& error, std::size_t size = 0) {
            awaiter->result_ = {error, size};
            awaiter->caller_.resume();
        }
    };
    Handler suspend(std::coroutine_handle<> caller) {
        caller_ = caller;
        return Handler{this};
    }

private:
    std::coroutine_handle<> caller_;
    IoResult result_;
};

template <class Socket, class Buffers>
class ReadSomeAwaiter final : public SocketAwaiter {
public:
    ReadSomeAwaiter(Socket& socket, const Buffers& buffers) : socket_(socket), buffers_(buffers) {}
    void await_suspend(std::coroutine_handle<> caller) { socket_.async_read_some(buffers_, suspend(caller)); }

private:
    Socket& socket_;
    Buffers buffers_;
};

template <class Socket, class Buffers>
class WriteSomeAwaiter final : public SocketAwaiter {
public:
    WriteSomeAwaiter(Socket& socket, const Buffers& buffers) : socket_(socket), buffers_(buffers) {}
    void await_suspend(std::coroutine_handle<> caller) { socket_.async_write_some(buffers_, suspend(caller)); }

private:
    Socket& socket_;
    Buffers buffers_;
};

template <class Socket, class Endpoint>
class ConnectAwaiter final : public SocketAwaiter {
public:
    ConnectAwaiter(Socket& socket, const Endpoint& endpoint) : socket_(socket), endpoint_(endpoint) {}
    void await_suspend(std::coroutine_handle<> caller) { socket_.async_connect(endpoint_, suspend(caller)); }

private:
    Socket& socket_;
    Endpoint endpoint_;
};

}  // namespace detail

template <class Socket, class Buffers>
auto read_some(Socket& socket, const Buffers& buffers) {
    return detail::ReadSomeAwaiter<Socket, Buffers>(socket, buffers);
}
template <class Socket, class Buffers>
auto write_some(Socket& socket, const Buffers& buffers) {
    return detail::WriteSomeAwaiter<Socket, Buffers>(socket, buffers);
}
template <class Socket, class Endpoint>
auto connect(Socket& socket, const Endpoint& endpoint) {
    return detail::ConnectAwaiter<Socket, Endpoint>(socket, endpoint);
}

}  // namespace gatehouse
