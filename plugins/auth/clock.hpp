// The time as the services of this plugin see it; the host's, so that tests can set it.
#pragma once

#include <chrono>
#include <functional>
#include <gatehouse/time.hpp>

#include "plugins/auth/key_ring.hpp"

namespace auth {

struct Clock {
    std::function<gatehouse::Time()> wall;
    std::function<std::chrono::milliseconds()> steady;  // only differences mean anything

    [[nodiscard]] Seconds seconds() const { return std::chrono::floor<std::chrono::seconds>(wall()); }
};

}  // namespace auth
