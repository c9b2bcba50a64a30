#pragma once

#include <chrono>
#include <thread>

// What the programs of tests/soak/controls take away from the host, to prove that the tests of the reload notice it. In
// every other build all of it is there, and nothing of this is left in the code.
namespace gatehouse::host::control {

#ifdef GATEHOUSE_NEGATIVE_CONTROL_NO_DRAIN
constexpr bool kDrains = false;
#else
constexpr bool kDrains = true;
#endif

#ifdef GATEHOUSE_NEGATIVE_CONTROL_NO_FENCE
constexpr bool kFences = false;
#else
constexpr bool kFences = true;
#endif

// An operation is counted until its callback has returned, not until it is called.
#ifdef GATEHOUSE_NEGATIVE_CONTROL_EARLY_COUNT
constexpr bool kCountsEarly = true;
#else
constexpr bool kCountsEarly = false;
#endif

// Between a loop's look at the state of a generation and the counting of its request: what the fence is for.
inline void linger() {
#ifdef GATEHOUSE_NEGATIVE_CONTROL_SLOW_DISPATCH
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
#endif
}

}  // namespace gatehouse::host::control
