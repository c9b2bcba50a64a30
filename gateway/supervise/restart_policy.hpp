#pragma once

#include <cstdint>

#include "gateway/base/time.hpp"

namespace gatehouse::supervise {

// How long to wait before a child is started again: not at all after the first end, then 100 ms, doubling up to 10 s. A
// child that has served for a minute has a clean record.
class RestartPolicy final {
public:
    static constexpr Duration kFirstDelay = 100ms;
    static constexpr Duration kLongestDelay = 10s;
    static constexpr Duration kCleanRecord = 60s;

    // served: how long the child that has just ended had answered requests; nothing if it never did.
    Duration after_end(Duration served);

private:
    std::uint32_t ends_ = 0;  // in a row
};

}  // namespace gatehouse::supervise
