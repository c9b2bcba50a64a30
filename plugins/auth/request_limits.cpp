#include "plugins/auth/request_limits.hpp"

#include <gatehouse/problem.hpp>
#include <string>

namespace auth {

void RequestLimits::spend(std::string_view what, std::string_view who, int times_max,
                          std::chrono::seconds window) const {
    if (times_max <= 0) return;
    const std::string key = std::string(what) + "/" + std::string(who.substr(0, 128));
    if (kv_.increment(key, 1, window) > times_max) throw gatehouse::TooManyRequests(window);
}

}  // namespace auth
