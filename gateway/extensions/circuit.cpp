#include "gateway/extensions/circuit.hpp"

#include <algorithm>

namespace gatehouse::extensions {

bool Circuit::admit(TimePoint now) {
    switch (state_) {
        case State::closed: return true;
        case State::probing: return false;
        case State::open: break;
    }
    if (now < next_probe_) return false;
    state_ = State::probing;
    return true;
}

void Circuit::succeeded() {
    state_ = State::closed;
    failures_ = 0;
    pause_ = Duration::zero();
}

// Tries that were begun before it opened may still fail afterwards: they do not lengthen the pause.
void Circuit::failed(TimePoint now) {
    ++failures_;
    if (state_ == State::open || (state_ == State::closed && failures_ < policy_.failures_to_open)) return;
    pause_ = pause_ == Duration::zero() ? policy_.pause_first : std::min(pause_ * 2, policy_.pause_max);
    next_probe_ = now + pause_;
    state_ = State::open;
}

}  // namespace gatehouse::extensions
