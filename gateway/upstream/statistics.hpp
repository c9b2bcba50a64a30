#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gateway/base/guarded.hpp"

namespace gatehouse::upstream {

// What one pool tells the world; written by its loop, read by anybody.
struct PoolStatistics {
    std::string key;  // "10.0.4.7:9004" or "unix:/run/posts.sock"
    std::uint32_t loop = 0;
    std::atomic<std::uint32_t> connections{0}, idle{0}, waiting{0};
    std::atomic<std::uint64_t> connects{0}, connect_failures{0};
    std::atomic<bool> is_failing{false};  // the last connect failed
};

// All pools of the process, for the admin listener and metrics.
class Directory final {
public:
    void add(std::shared_ptr<PoolStatistics> pool);
    std::vector<std::shared_ptr<PoolStatistics>> pools();  // [any]

private:
    Guarded<std::vector<std::shared_ptr<PoolStatistics>>> pools_;
};

}  // namespace gatehouse::upstream
