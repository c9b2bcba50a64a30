#pragma once

#include <chrono>
#include <cstdint>

namespace gatehouse::events {

// first, doubled for each attempt but the first, never more than longest. Attempts count from 1.
[[nodiscard]] std::chrono::milliseconds back_off(int attempt, std::chrono::milliseconds first,
                                                 std::chrono::milliseconds longest);

// Up to a quarter longer, drawn at random: those who failed together do not come back together.  [any thread]
[[nodiscard]] std::chrono::milliseconds with_jitter(std::chrono::milliseconds pause);

}  // namespace gatehouse::events
