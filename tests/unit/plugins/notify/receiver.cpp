#include "tests/unit/plugins/notify/receiver.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>

Receiver::Receiver() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, generic, &size) != 0) {
        throw std::runtime_error("no free port");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
}

Receiver::~Receiver() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
}

std::string Receiver::url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(port_) + path; }

std::vector<Receiver::Received> Receiver::received() const {
    const std::scoped_lock lock(mutex_);
    return received_;
}

void Receiver::answer(Answer answer) {
    const std::scoped_lock lock(mutex_);
    answer_ = std::move(answer);
}

void Receiver::serve() {
    for (int connection = 0; (connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
        serve_one(connection);
        ::close(connection);
    }
}

void Receiver::serve_one(int connection) {
    std::string text;
    char buffer[4096];
    const auto read_on = [&] {
        const auto count = ::recv(connection, buffer, sizeof(buffer), 0);
        if (count > 0) text.append(buffer, static_cast<std::size_t>(count));
        return count > 0;
    };
    std::size_t head = 0;
    while ((head = text.find("\r\n\r\n")) == std::string::npos) {
        if (!read_on()) return;
    }
    Received request;
    request.target = text.substr(text.find(' ') + 1);
    request.target.resize(request.target.find(' '));
    for (std::size_t at = text.find("\r\n") + 2; at < head;) {
        const std::size_t end = text.find("\r\n", at), colon = text.find(": ", at);
        std::string name = text.substr(at, colon - at);
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
        request.headers[name] = text.substr(colon + 2, end - colon - 2);
        at = end + 2;
    }
    const std::size_t length = std::stoul(request.headers["content-length"]);
    while (text.size() < head + 4 + length) {
        if (!read_on()) return;
    }
    request.body = text.substr(head + 4, length);
    Answer answer;
    {
        const std::scoped_lock lock(mutex_);
        received_.push_back(request);
        answer = answer_;
    }
    const std::string reply = answer(request);
    static_cast<void>(::send(connection, reply.data(), reply.size(), MSG_NOSIGNAL));
}
