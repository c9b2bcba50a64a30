#include "gateway/upstream/split.hpp"

#include <cstddef>

#include "gateway/upstream/cluster.hpp"

namespace gatehouse::upstream {

namespace {
constexpr std::size_t kStride = 8;  // a cache line for each loop
}

Split::Split(std::uint64_t first, std::uint64_t second) : first_(first), second_(second) {
    if (first > 0 && second > 0) credits_ = std::make_unique<std::int64_t[]>(Cluster::kLoopsMax * kStride);
}

// Smooth weighted round robin of two: every turn adds each one's weight to its credit, and the richer one pays the sum.
// The credits sum up to nothing, so that one number is enough.
bool Split::takes_first(std::uint32_t loop_index) const {
    if (!credits_) return first_ > 0;
    std::int64_t& credit = credits_[loop_index * kStride];
    const auto first = static_cast<std::int64_t>(first_);
    const auto second = static_cast<std::int64_t>(second_);
    credit += first;
    const bool is_first = credit >= second - (credit - first);
    if (is_first) credit -= first + second;
    return is_first;
}

}  // namespace gatehouse::upstream
