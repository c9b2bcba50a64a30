#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstdint>
#include <utility>

#include "gateway/base/event_port.hpp"
#include "gateway/base/timer_wheel.hpp"

namespace gatehouse {

// One event loop: an Asio io_context that one thread runs, and its timers. Connections, pools and sessions belong to
// one loop and are touched on its thread only; post() is the way in from outside.
class IoLoop final {
public:
    explicit IoLoop(std::uint32_t index);
    IoLoop(const IoLoop&) = delete;
    IoLoop& operator=(const IoLoop&) = delete;

    // The loop that the calling thread is running, or nullptr.  [any]
    static IoLoop* current();

    std::uint32_t index() const { return index_; }
    boost::asio::io_context& context() { return context_; }
    boost::asio::io_context::executor_type executor() { return context_.get_executor(); }
    EventPort& events() { return events_; }  // [loop]
    bool is_current() const { return current() == this; }

    // Runs work() on the loop, soon, in the order of posting per thread. work must not throw.  [any]
    template <class F>
    void post(F&& work) {
        boost::asio::post(context_, std::forward<F>(work));
    }

    // Deadlines, 10 ms apart: see TimerWheel.  [loop]
    void schedule(TimerWheel::Entry& entry, TimePoint deadline);
    void cancel(TimerWheel::Entry& entry) { wheel_.cancel(entry); }

    // Runs until stop() was called.  The calling thread becomes the loop's thread.
    void run();
    // Lets run() return; work still queued is dropped with the loop.  [any]
    void stop();

private:
    void arm(TimePoint when);
    void on_tick();

    std::uint32_t index_;
    boost::asio::io_context context_{1};
    EventPort events_{context_};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> keep_running_;
    boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>, boost::asio::io_context::executor_type>
        timer_;
    TimerWheel wheel_{Clock::now()};
    TimePoint armed_for_ = TimePoint::max();
};

}  // namespace gatehouse
