#pragma once

#include <memory>

#include "gateway/supervise/keeper.hpp"

namespace gatehouse::supervise {

// For how long requests may still be on their way to a child that has been replaced.
inline constexpr Duration kPatience = 5s;

// A child that gets no new requests: it is asked to end once the old ones have surely arrived, and made to at last.
struct Keeper::Leaving {
    std::unique_ptr<Child> child;
    TimePoint ask_at;   // at the latest
    TimePoint kill_at;  // after it was asked
    bool was_asked = false, was_killed = false, is_hurried = false;

    void hurry(TimePoint deadline) {
        if (is_hurried) return;
        is_hurried = true;
        ask_at = Clock::now();
        kill_at = deadline;
    }
};

}  // namespace gatehouse::supervise
