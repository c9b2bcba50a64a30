#pragma once

#include <atomic>
#include <cstdint>

namespace gatehouse::host {

// Keeps requests away from a plugin that has blocked an event loop. Opened and half-opened by the watchdog; while half
// open one request for the loop is let through, and closes it by returning. Blocking handlers, which cannot hurt a
// loop, are only refused while it is open.  All [any].
class StallBreaker final {
public:
    enum class State : std::uint8_t { closed, open, half_open, probing };

    // Whether a handler may be called now. After true for a handler on the loop: returned(), when it has.
    bool admits_on_loop() {
        const State now = state();
        if (now == State::closed) return true;
        State expected = State::half_open;
        return now == State::half_open && state_.compare_exchange_strong(expected, State::probing);
    }
    bool admits_blocking() const { return state() != State::open; }
    void returned() {
        State expected = State::probing;
        if (state() == State::probing) state_.compare_exchange_strong(expected, State::closed);
    }

    void open() { state_.store(State::open); }
    void half_open() {
        State expected = State::open;
        state_.compare_exchange_strong(expected, State::half_open);
    }
    // Nobody has tried it for a while.
    void close() {
        State expected = State::half_open;
        state_.compare_exchange_strong(expected, State::closed);
    }
    State state() const { return state_.load(std::memory_order_relaxed); }

    // Stalls of this generation so far, of the length that is logged.
    void count_stall() { stalls_.fetch_add(1, std::memory_order_relaxed); }
    std::uint32_t stalls() const { return stalls_.load(std::memory_order_relaxed); }

private:
    std::atomic<State> state_{State::closed};
    std::atomic<std::uint32_t> stalls_{0};
};

}  // namespace gatehouse::host
