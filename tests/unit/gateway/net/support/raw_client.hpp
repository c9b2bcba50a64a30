#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

namespace gatehouse::net::test {

// One blocking connection that says and hears octets. Every wait ends after five seconds.
class RawSocket {
public:
    explicit RawSocket(int descriptor) : descriptor_(descriptor) {
        const timeval patience{.tv_sec = 5, .tv_usec = 0};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
        ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    }
    RawSocket(RawSocket&& other) noexcept
        : descriptor_(std::exchange(other.descriptor_, -1)), received_(std::move(other.received_)) {}
    RawSocket& operator=(RawSocket&&) = delete;
    ~RawSocket() { close(); }

    static RawSocket connect(std::uint16_t port, int receive_buffer = 0) {
        const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (receive_buffer > 0) {
            ::setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
        }
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) std::abort();
        return RawSocket(descriptor);
    }

    bool send(std::string_view text) {
        while (!text.empty()) {
            const ssize_t sent = ::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    // False at the end of the stream, after a reset or when nothing comes.
    bool receive_more() {
        char buffer[16 * 1024];
        const ssize_t got = ::recv(descriptor_, buffer, sizeof(buffer), 0);
        was_reset_ = got < 0 && errno == ECONNRESET;
        timed_out_ = got < 0 && errno == EAGAIN;
        if (got <= 0) return false;
        received_.append(buffer, static_cast<std::size_t>(got));
        return true;
    }
    bool receive_until(std::string_view marker) {
        while (received_.find(marker) == std::string::npos) {
            if (!receive_more()) return false;
        }
        return true;
    }
    // Everything up to the end; see timed_out().
    std::string receive_all() {
        while (receive_more()) {
        }
        return std::exchange(received_, {});
    }
    // Takes what has been received up to and with the marker; empty if it never comes.
    std::string take_until(std::string_view marker) {
        if (!receive_until(marker)) return {};
        return take(received_.find(marker) + marker.size());
    }
    std::string take(std::size_t count) {
        while (received_.size() < count && receive_more()) {
        }
        std::string result = received_.substr(0, count);
        received_.erase(0, count);
        return result;
    }
    bool timed_out() const { return timed_out_; }
    bool was_reset() const { return was_reset_; }
    void shutdown_send() { ::shutdown(descriptor_, SHUT_WR); }
    void close() {
        if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
    }
    void reset() {
        const linger now{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
        close();
    }

private:
    int descriptor_;
    std::string received_;
    bool timed_out_ = false;
    bool was_reset_ = false;
};

struct Response {
    int status = 0;
    std::string head;  // lines as they came
    std::string body;
    // Value of a header, empty if there is none.
    std::string field(const std::string& name) const {
        const std::size_t at = head.find("\r\n" + name + ": ");
        if (at == std::string::npos) return {};
        const std::size_t start = at + name.size() + 4;
        return head.substr(start, head.find("\r\n", start) - start);
    }
};

// The next response on the connection; status 0 if there is none. REQUIRES: a length, chunks, or no body at all.
inline Response receive_response(RawSocket& socket, bool is_head = false) {
    Response response;
    response.head = socket.take_until("\r\n\r\n");
    if (response.head.size() < 12) return response;
    response.status = std::atoi(response.head.c_str() + 9);
    if (is_head || response.status < 200 || response.status == 204 || response.status == 304) return response;
    if (response.field("transfer-encoding") == "chunked") {
        for (;;) {
            const std::string line = socket.take_until("\r\n");
            if (line.empty()) {
                response.status = -1;  // cut
                return response;
            }
            const std::size_t size = std::strtoull(line.c_str(), nullptr, 16);
            response.body += socket.take(size);
            socket.take(2);
            if (size == 0) return response;
        }
    }
    const std::size_t length = std::strtoull(response.field("content-length").c_str(), nullptr, 10);
    response.body = socket.take(length);
    if (response.body.size() < length) response.status = -1;
    return response;
}

}  // namespace gatehouse::net::test
