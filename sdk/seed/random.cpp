#include "sdk/seed/random.hpp"

#include <algorithm>
#include <numeric>

namespace gatehouse::seed {

Shuffle::Shuffle(std::uint64_t seed, std::int64_t count)
    : count_(static_cast<std::uint64_t>(std::max<std::int64_t>(count, 1))) {
    Random random(seed, Purpose::order, count);
    start_ = random.next() % count_;
    step_ = std::max<std::uint64_t>(1, random.next() % count_);
    while (std::gcd(step_, count_) != 1) ++step_;
}

}  // namespace gatehouse::seed
