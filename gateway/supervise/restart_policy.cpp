#include "gateway/supervise/restart_policy.hpp"

#include <algorithm>

namespace gatehouse::supervise {

Duration RestartPolicy::after_end(Duration served) {
    if (served >= kCleanRecord) ends_ = 0;
    const std::uint32_t before = ends_++;
    if (before == 0) return Duration::zero();
    return std::min(kLongestDelay, kFirstDelay * (1 << std::min(before - 1, 10u)));
}

}  // namespace gatehouse::supervise
