#pragma once

#include <cstdint>
#include <map>
#include <optional>

namespace gatehouse::events {

// The deliveries of one Kafka partition: which position may be committed when they finish out of order. No I/O, no
// lock.
class OffsetTracker final {
public:
    void begin(std::int64_t offset) { open_.emplace(offset, false); }

    // Offsets that were not begun are ignored.
    void finish(std::int64_t offset) {
        const auto found = open_.find(offset);
        if (found == open_.end()) return;
        found->second = true;
        while (!open_.empty() && open_.begin()->second) {
            position_ = open_.begin()->first + 1;
            open_.erase(open_.begin());
        }
    }

    // Everything before it is done; set once that has changed since the last call.
    std::optional<std::int64_t> take_position() {
        if (position_ == taken_) return std::nullopt;
        taken_ = position_;
        return position_;
    }
    std::int64_t position() const { return position_; }  // 0 = nothing is done yet

private:
    std::map<std::int64_t, bool> open_;  // begun, and whether finished
    std::int64_t position_ = 0, taken_ = 0;
};

}  // namespace gatehouse::events
