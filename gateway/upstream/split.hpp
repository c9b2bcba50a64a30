#pragma once

#include <cstdint>
#include <memory>

namespace gatehouse::upstream {

// Shares requests between two homes by weight, smoothly: 90 and 10 take turns as nine to one, not as ninety to ten in a
// row. Each loop counts for itself, so that nothing is shared. A default-made one gives everything to the first.
class Split final {
public:
    Split() = default;
    // REQUIRES: not both 0.
    Split(std::uint64_t first, std::uint64_t second);

    std::uint64_t first_weight() const { return first_; }
    // Whose turn it is; counts as a turn.  [loop]
    bool takes_first(std::uint32_t loop_index) const;

private:
    std::uint64_t first_ = 1, second_ = 0;
    std::unique_ptr<std::int64_t[]>
        credits_;  // of the first, by loop, a cache line each; null if one of them gets everything
};

}  // namespace gatehouse::upstream
