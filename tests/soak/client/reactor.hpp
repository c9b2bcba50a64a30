#pragma once

#include <netinet/in.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>

namespace soak {

class Connection;
using Clock = std::chrono::steady_clock;

// One thread, epoll, and one alarm for each connection.
class Reactor final {
public:
    // address: "127.0.0.1:8080"
    explicit Reactor(const std::string& address);
    ~Reactor();
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;

    // Until stop(). Lines on standard input go to `command`; its end stops.
    void run(const std::function<void(const std::string&)>& command);
    void stop() { is_stopping_ = true; }

    const sockaddr_in& address() const { return address_; }
    void add(int descriptor, Connection& connection);
    void change(int descriptor, Connection& connection, bool writing);
    // Instead of the alarm that it had.
    void wake_at(Connection& connection, Clock::time_point when);

private:
    void ring_alarms();
    void arm();
    void read_commands(const std::function<void(const std::string&)>& command);

    sockaddr_in address_{};
    int poll_ = -1;
    int timer_ = -1;
    using Alarms = std::multimap<Clock::time_point, Connection*>;
    Alarms alarms_;
    std::unordered_map<Connection*, Alarms::iterator> alarm_of_;
    Clock::time_point armed_{};
    std::string line_;
    bool is_stopping_ = false;
};

}  // namespace soak
