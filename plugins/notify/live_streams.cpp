#include "plugins/notify/live_streams.hpp"

namespace notify {

namespace {

constexpr int kLooksAfterWake = 6, kTurnsBetweenLooks = 20;

}  // namespace

LiveStreams::Listener::Listener(LiveStreams& streams, std::int64_t user_id) : streams_(streams), user_id_(user_id) {
    const std::scoped_lock lock(streams_.mutex_);
    streams_.listeners_.emplace(user_id, this);
}

LiveStreams::Listener::~Listener() {
    const std::scoped_lock lock(streams_.mutex_);
    const auto [begin, end] = streams_.listeners_.equal_range(user_id_);
    for (auto at = begin; at != end; ++at) {
        if (at->second != this) continue;
        streams_.listeners_.erase(at);
        return;
    }
}

bool LiveStreams::Listener::should_look() {
    if (is_woken_.exchange(false)) looks_left_ = kLooksAfterWake;
    const bool is_turn = turns_++ % kTurnsBetweenLooks == 0;
    if (looks_left_ == 0) return is_turn;
    --looks_left_;
    return true;
}

void LiveStreams::wake(std::int64_t user_id) {
    const std::scoped_lock lock(mutex_);
    const auto [begin, end] = listeners_.equal_range(user_id);
    for (auto at = begin; at != end; ++at) at->second->is_woken_ = true;
}

}  // namespace notify
