#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/soak/client/connection.hpp"
#include "tests/soak/client/reactor.hpp"
#include "tests/soak/client/statistics.hpp"

namespace soak {

// What is asked for, and what a good answer looks like.
struct Target {
    std::string service;  // whose marker its body shows; "-" = the body is not looked at
    std::string method, path;
    int status = 200;
    std::string fields;  // complete lines
    std::string body;
    std::string name() const { return method + " " + path; }
};

// Asks for one target after the other over one connection, once per interval.
class Asker final : public Connection {
public:
    Asker(Reactor& reactor, Statistics& statistics, const std::vector<Target>& targets, std::size_t first,
          std::chrono::nanoseconds interval);
    void on_time() override;

private:
    void ask();
    void plan();
    void on_response() override;
    void on_lost(std::string_view reason) override;

    Statistics& statistics_;
    const std::vector<Target>& targets_;
    std::size_t next_;
    std::chrono::nanoseconds interval_;
    Clock::time_point due_, asked_{};
    bool is_waiting_ = false;
};

// Follows server-sent events: a bounded number of them again and again, or one stream for as long as the run lasts.
class Follower final : public Connection {
public:
    // count: of events in a stream; 0 = it must never end
    Follower(Reactor& reactor, Statistics& statistics, Target target, std::uint64_t count);
    void on_time() override;

private:
    void begin();
    void take_events();
    void give_up(std::string_view reason);
    void on_progress() override { take_events(); }
    void on_response() override;
    void on_lost(std::string_view reason) override { give_up(reason); }

    Statistics& statistics_;
    Target target_;
    std::uint64_t count_;
    std::uint64_t next_ = 0;
    std::uint64_t seen_at_alarm_ = 0;
    bool is_following_ = false;
};

// Sends a body in pieces with pauses between them, again and again.
class Uploader final : public Connection {
public:
    Uploader(Reactor& reactor, Statistics& statistics, Target target, std::uint64_t pieces,
             std::chrono::nanoseconds pause);
    void on_time() override;

private:
    void begin();
    void finish(std::string_view failure);
    void on_response() override;
    void on_lost(std::string_view reason) override;

    Statistics& statistics_;
    Target target_;
    std::uint64_t pieces_, sent_ = 0;
    std::chrono::nanoseconds pause_;
    bool is_open_request_ = false;
};

}  // namespace soak
