#pragma once

#include <cstdint>

#include "gateway/base/time.hpp"

namespace gatehouse::extensions {

// Keeps a server that is down from costing everybody a timeout. After some failures in a row nobody is let through for
// a while; then one may try, and its outcome decides. The while doubles up to a bound.  One owner; not thread-safe.
class Circuit final {
public:
    struct Policy {
        std::uint32_t failures_to_open = 3;
        Duration pause_first = 100ms;
        Duration pause_max = 5s;
    };
    explicit Circuit(Policy policy) : policy_(policy) {}

    // Whether a try may begin; every true is followed by one of the two below.
    [[nodiscard]] bool admit(TimePoint now);
    void succeeded();
    void failed(TimePoint now);

    bool is_open() const { return state_ != State::closed; }

private:
    enum class State : std::uint8_t { closed, open, probing };
    Policy policy_;
    State state_ = State::closed;
    std::uint32_t failures_ = 0;
    Duration pause_{0};
    TimePoint next_probe_{};
};

}  // namespace gatehouse::extensions
