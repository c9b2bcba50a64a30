#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "gateway/supervise/child.hpp"
#include "gateway/supervise/restart_policy.hpp"

namespace gatehouse::supervise {

// Where the requests for a child process go; implemented over the event loops. All of them may block, and are called
// on the keepers' threads.
class Endpoints {
public:
    // Every request from now on goes there, as soon as this has returned.
    virtual void open(const std::string& service, const std::string& socket_path) = 0;
    // Requests are answered 503 from now on.
    virtual void close(const std::string& service) = 0;
    // No request is in flight to a child of before the last open() or close().
    virtual bool has_left_old(const std::string& service) = 0;
    // No request can be sent to a child of that service any more, since the configuration in force names none.
    virtual bool is_forgotten(const std::string& service) = 0;

protected:
    ~Endpoints() = default;
};

// What to run.
struct ChildSpec {
    std::string service;
    std::filesystem::path library;  // NAME.so
    std::string plugin_id;          // whom the greeting has to come from; empty = whoever it is
    Order order;
    std::vector<std::string> probes;  // that a child has to answer before it takes over from another one
    bool operator==(const ChildSpec&) const = default;
};

enum class ChildState : std::uint8_t { starting, up, waiting, stopping, stopped };
std::string_view to_string(ChildState state);

struct ChildStatus {
    std::string service;
    ChildState state = ChildState::starting;
    std::int64_t pid = 0;  // 0 = none
    Greeting greeting;     // of the one that is up
    std::uint64_t restarts = 0;
    std::string last_end;     // "killed by SIGSEGV"; empty if none has ended by itself
    Duration age{};           // of the one that is up
    std::size_t leaving = 0;  // replaced ones that still finish what they had begun
};

// What keepers share. Everything outlives them.
struct Surroundings {
    std::filesystem::path program = "/proc/self/exe";
    std::string socket_directory;  // private, short enough for a socket's path
    Endpoints* endpoints = nullptr;
    Duration start_timeout = std::chrono::seconds(60);
    Duration probe_interval = std::chrono::seconds(1), probe_limit = std::chrono::seconds(1);
    std::uint32_t probes_missed_max = 3;
    std::function<void(const std::string& service, std::string_view line)> said;  // by a child; may be empty
    enum class Event : std::uint8_t { up, start_failed, ended, gave_way, gone };
    std::function<void(const std::string& service, Event event, std::string_view reason, std::string_view detail)>
        happened;  // reason is a token: exit, signal, hang; may be empty
};

// Keeps one service's child process running: starts it, looks after it, starts it again when it has ended or hangs,
// replaces it by a new one without losing a request, and ends it. All on a thread of its own, with which its children
// die.
//
//   begin() -> starting -> up -> (ended) -> waiting -> starting …
//                           |--- want(): the new one starts beside it, takes over, the old one drains
//                           `--- retire(): stopping -> stopped
class Keeper final {
public:
    Keeper(ChildSpec spec, const Surroundings& surroundings);
    // Kills what is left.
    ~Keeper();
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;

    // All [any].
    // Starts another child beside the present one, which is replaced once the new one serves. Returns at once; after an
    // error everything is as before.
    void want(ChildSpec spec);
    // Waits until what was wanted last (at first: any child) serves or could not be started. A first child that could
    // not is not tried again. Tells of an error once.
    std::optional<Error> wait_until_up();
    void wait_until_stopped();
    // Ends the child once no request can reach it any more. Returns at once.
    void retire();
    // Takes a retire() back, if it is early enough for that.
    bool revive();
    // Ends the child now: what it has in flight may finish until the deadline.
    void stop(TimePoint deadline);
    bool is_stopped() const;
    // It was told to retire or stop, or has.
    bool is_leaving() const;
    ChildStatus status() const;
    ChildSpec spec() const;

private:
    enum class Wish : std::uint8_t { run, retire, stop };
    struct Leaving;
    using Event = Surroundings::Event;

    void run();
    bool is_done() const;
    void wait_for_events();
    TimePoint next_look() const;
    void obey();
    void begin_to_end(Duration patience);
    void publish();
    void answer(std::optional<Error> outcome);

    // In keeper_children.cpp.
    void start_next();
    void look_at_next();
    void take_over(const Greeting& greeting);
    void give_up_next(const std::string& why);
    void look_at_current();
    void note_end(const std::string& how);
    void probe_current();
    void leave(std::unique_ptr<Child> child, Duration patience);
    void look_at_leaving();
    void drain_output(Child& child) const;
    void tell(Event event, std::string_view reason, std::string_view detail) const;

    const Surroundings& surroundings_;
    const std::string service_;

    // Of the thread.
    RestartPolicy policy_;
    ChildSpec running_spec_, next_spec_;
    std::unique_ptr<Child> next_, current_;
    std::vector<std::unique_ptr<Leaving>> leaving_;
    Greeting greeting_;
    std::optional<TimePoint> start_at_, forgotten_by_;
    TimePoint up_since_{}, probe_at_{};
    std::uint32_t probes_missed_ = 0;
    std::uint64_t started_ = 0, restarts_ = 0;
    bool hangs_ = false, was_up_ = false, is_ending_ = false;
    std::string last_end_;

    // Shared.
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    Wish wish_ = Wish::run;
    std::optional<ChildSpec> wanted_;  // by want()
    bool is_answered_ = false;
    std::optional<Error> outcome_;
    TimePoint stop_deadline_{};
    ChildStatus status_;
    TimePoint shown_up_since_{};
    ChildSpec spec_;
    bool is_stopped_ = false;

    Descriptor wake_;
    std::thread thread_;
};

}  // namespace gatehouse::supervise
