#pragma once

#include <chrono>
#include <cstdint>

namespace gatehouse {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;
using namespace std::chrono_literals;

// Monotonic nanoseconds: the unit of every deadline that crosses the plugin ABI.
inline std::uint64_t to_nanoseconds(TimePoint when) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(when.time_since_epoch()).count());
}
inline TimePoint from_nanoseconds(std::uint64_t value) {
    return TimePoint(std::chrono::duration_cast<Duration>(std::chrono::nanoseconds(value)));
}

}  // namespace gatehouse
