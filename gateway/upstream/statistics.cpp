#include "gateway/upstream/statistics.hpp"

namespace gatehouse::upstream {

void Directory::add(std::shared_ptr<PoolStatistics> pool) {
    pools_.with([&](auto& pools) { pools.push_back(std::move(pool)); });
}

std::vector<std::shared_ptr<PoolStatistics>> Directory::pools() {
    return pools_.with([](const auto& pools) { return pools; });
}

}  // namespace gatehouse::upstream
