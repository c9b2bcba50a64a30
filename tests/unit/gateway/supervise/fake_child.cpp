// Stands in for `gatehouse serve --spawned`: does what the order's configuration says, a word.
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "gateway/supervise/lifeline.hpp"

namespace {

using namespace gatehouse::supervise;

// Answers every connection with 200 and the process's number.
[[noreturn]] void serve() {
    const std::string body = std::to_string(::getpid());
    const std::string answer = "HTTP/1.1 200 OK\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    for (;;) {
        pollfd waited{.fd = kListenDescriptor, .events = POLLIN, .revents = 0};
        ::poll(&waited, 1, -1);
        const int connection = ::accept4(kListenDescriptor, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) continue;
        std::array<char, 4096> request{};
        [[maybe_unused]] const auto got = ::recv(connection, request.data(), request.size(), 0);
        ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
        ::close(connection);
    }
}

}  // namespace

int main() {
    auto lifeline = Lifeline::attach();
    if (!lifeline) return 2;
    const std::string what = (*lifeline)->order().config_json;
    if (what == "exit") {
        std::fputs("I had better say why\nbefore I go\n", stderr);
        return 3;
    }
    Greeting greeting;
    greeting.plugin = what == "stranger" ? "stranger" : "posts";
    greeting.version = "1.0.0";
    greeting.pid = ::getpid();
    if (what == "refuse") greeting.error = "no database";
    if (what == "stubborn") ::signal(SIGTERM, SIG_IGN);
    if (what == "silent") ::pause();
    (*lifeline)->greet(greeting);
    if (what == "refuse") return 1;
    if (what == "deaf") ::pause();
    serve();
}
