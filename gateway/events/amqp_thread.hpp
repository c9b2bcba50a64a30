#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "gateway/events/amqp_connection.hpp"
#include "gateway/events/wake_signal.hpp"
#include "gateway/observe/log.hpp"

namespace gatehouse::events {

// What one connection is for. Called on its thread only; strings are empty, or why the connection is of no use.
class AmqpRole {
public:
    virtual std::string prepare(AmqpConnection& connection) = 0;  // it is new
    virtual std::string step(AmqpConnection& connection) = 0;     // sends what there is, reads what has come
    virtual void lost() = 0;                                      // it is gone, or closed
    virtual bool may_end() = 0;  // after a stop: nothing is left to be sent or waited for

protected:
    ~AmqpRole() = default;
};

// The thread of one connection, which is made again, later and later, whenever it breaks.
class AmqpThread final {
public:
    struct Status {
        bool is_connected = false, was_connected = false;
        std::string problem;
    };

    // Everything outlives stop().
    AmqpThread(const RabbitOptions& options, std::string name, AmqpRole& role, observe::Logger& logger);
    ~AmqpThread();
    AmqpThread(const AmqpThread&) = delete;
    AmqpThread& operator=(const AmqpThread&) = delete;

    void start();
    void wake() { wake_.set(); }  // [any]
    Status status() const;        // [any]
    // Lets the role finish until the deadline, then cuts the connection. Returns after the thread has ended.
    void stop(TimePoint deadline);

private:
    void run();
    std::string serve(AmqpConnection& connection);
    void wait_for_input(AmqpConnection& connection);
    void pause(Duration delay);
    void set_status(bool connected, std::string problem);
    bool must_end() const { return is_stopping_ && Clock::now() >= TimePoint(Duration(stop_by_.load())); }

    const RabbitOptions options_;
    const std::string name_;
    AmqpRole& role_;
    observe::Logger& logger_;
    WakeSignal wake_;
    std::atomic<bool> is_stopping_{false};
    std::atomic<Duration::rep> stop_by_{0};
    mutable std::mutex mutex_;  // what follows
    std::condition_variable ended_;
    Status status_;
    int descriptor_ = -1;  // of the open connection
    bool has_ended_ = false;
    std::thread thread_;
};

}  // namespace gatehouse::events
