#include "sdk/events/back_off.hpp"

#include <algorithm>
#include <random>

namespace gatehouse::events {

std::chrono::milliseconds back_off(int attempt, std::chrono::milliseconds first, std::chrono::milliseconds longest) {
    auto pause = std::min(first, longest);
    for (int i = 1; i < attempt && pause < longest; ++i) pause = std::min(pause * 2, longest);
    return pause;
}

std::chrono::milliseconds with_jitter(std::chrono::milliseconds pause) {
    std::random_device random;
    std::uniform_int_distribution<std::int64_t> extra(0, pause.count() / 4);
    return pause + std::chrono::milliseconds(extra(random));
}

}  // namespace gatehouse::events
