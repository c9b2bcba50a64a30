// A server for webhooks: reads one request per connection and answers what it is told to. On a free port of 127.0.0.1,
// with a thread of its own.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

class Receiver final {
public:
    struct Received {
        std::string target, body;
        std::map<std::string, std::string> headers;  // lower-case names
    };
    // The whole answer; empty: none, the connection is closed.
    using Answer = std::function<std::string(const Received&)>;

    Receiver();
    ~Receiver();
    Receiver(const Receiver&) = delete;
    Receiver& operator=(const Receiver&) = delete;

    [[nodiscard]] std::string url(const std::string& path = "/hook") const;
    [[nodiscard]] std::vector<Received> received() const;
    void answer(Answer answer);
    static std::string status(int code) {
        return "HTTP/1.1 " + std::to_string(code) + " x\r\nContent-Length: 0\r\n\r\n";
    }

private:
    void serve();
    void serve_one(int connection);

    int listener_ = -1;
    int port_ = 0;
    mutable std::mutex mutex_;
    std::vector<Received> received_;
    Answer answer_ = [](const Received&) { return status(204); };
    std::thread thread_;
};
