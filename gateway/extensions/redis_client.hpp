#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gateway/extensions/circuit.hpp"
#include "gateway/extensions/redis_connection.hpp"

namespace gatehouse::extensions {

// A Lua script that runs inside of Redis, atomically. Static; sent once per server, then named by its digest.
class RedisScript final {
public:
    explicit RedisScript(std::string_view text);
    std::string_view text() const { return text_; }
    const std::string& digest() const { return digest_; }

private:
    std::string_view text_;
    std::string digest_;
};

struct RedisCommand {
    const RedisScript* script = nullptr;  // null: arguments[0] is the command's name
    std::size_t keys = 0;                 // of a script: how many arguments are keys
    std::vector<std::string> arguments;
};

// Commands to one Redis server over a few connections, one thread each. Blocking I/O, but never on the caller's thread.
// Nothing waits for ever: not for a place in the queue (it is bounded), not for an answer (timeout), and, once the
// server is known to be down, not at all (circuit). All [any].
class RedisClient final {
public:
    struct Options {
        RedisLogin login;
        Duration timeout = 200ms;  // for an answer, waiting and connecting included
        std::size_t connections = 4;
        std::size_t queue_max = 1024;
        std::size_t queue_bytes_max = 32u << 20;
        Circuit::Policy circuit{};
        // The server went away or came back; says why. On one of the client's threads.
        std::function<void(bool is_up, std::string_view why)> on_change = [](bool, std::string_view) {};
    };
    explicit RedisClient(Options options);
    // What is queued ends with GH_E_CANCELED; waits for the command under way.
    ~RedisClient();
    RedisClient(const RedisClient&) = delete;
    RedisClient& operator=(const RedisClient&) = delete;

    // done is called exactly once, on a thread of the client: with the reply, which is never an error, or with the
    // reason for there being none. Here and now if the queue is full or the circuit is open.
    using Done = std::function<void(Result<RedisReply, RedisFailure>)>;
    void run(RedisCommand command, Done done);

    bool is_up();

private:
    struct Job {
        RedisCommand command;
        Done done;
        TimePoint deadline;
        std::size_t bytes = 0;
    };
    void run_thread();
    Result<RedisReply, RedisFailure> perform(RedisConnection& connection, const Job& job);
    void note(const Result<RedisReply, RedisFailure>& reply);

    Options options_;
    std::mutex mutex_;
    std::condition_variable work_available_;
    std::deque<Job> queue_;
    std::size_t queue_bytes_ = 0;
    Circuit circuit_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace gatehouse::extensions
