#include "plugins/auth/hashing_gate.hpp"

namespace auth {

HashingGate::Pass::~Pass() {
    if (gate_ != nullptr) gate_->leave();
}

std::optional<HashingGate::Pass> HashingGate::enter() {
    std::unique_lock lock(mutex_);
    if (running_ >= rules_.concurrent) {
        if (waiting_ >= rules_.waiting_max) return std::nullopt;
        ++waiting_;
        const bool free = freed_.wait_for(lock, rules_.patience, [this] { return running_ < rules_.concurrent; });
        --waiting_;
        if (!free) return std::nullopt;
    }
    ++running_;
    return Pass(*this);
}

void HashingGate::leave() {
    {
        const std::scoped_lock lock(mutex_);
        --running_;
    }
    freed_.notify_one();
}

}  // namespace auth
