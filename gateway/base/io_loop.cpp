#include "gateway/base/io_loop.hpp"

namespace gatehouse {

namespace {
thread_local IoLoop* current_loop = nullptr;
}

IoLoop::IoLoop(std::uint32_t index)
    : index_(index), keep_running_(boost::asio::make_work_guard(context_)), timer_(context_) {}

IoLoop* IoLoop::current() { return current_loop; }

void IoLoop::schedule(TimerWheel::Entry& entry, TimePoint deadline) {
    wheel_.schedule(entry, deadline);
    if (deadline < armed_for_) arm(deadline);
}

// Waking a little late costs nothing (deadlines are coarse); moving the timer costs a system call.
void IoLoop::arm(TimePoint when) {
    armed_for_ = when;
    timer_.expires_at(when + TimerWheel::kTick);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) on_tick();
    });
}

void IoLoop::on_tick() {
    armed_for_ = TimePoint::max();
    wheel_.advance(Clock::now());
    if (const auto next = wheel_.next_wakeup(); next && *next < armed_for_) arm(*next);
}

void IoLoop::run() {
    IoLoop* const outer = std::exchange(current_loop, this);
    context_.run();
    current_loop = outer;
}

void IoLoop::stop() { context_.stop(); }

}  // namespace gatehouse
