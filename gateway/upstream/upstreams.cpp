#include "gateway/upstream/upstreams.hpp"

#include <algorithm>
#include <set>

namespace gatehouse::upstream {

void Upstreams::attach(const Cluster& cluster) {
    Cluster::View& view = cluster.view(loop_.index());
    view.pools.clear();
    for (std::size_t i = 0; i < cluster.endpoints().size(); ++i) {
        std::string key = endpoint_key(cluster.endpoints()[i]);
        std::unique_ptr<Pool>& pool = pools_[{cluster.name(), key}];
        if (!pool) {
            pool = std::make_unique<Pool>(loop_, key, cluster.addresses(i), cluster.pool_limits());
            directory_.add(pool->statistics());
        } else {
            pool->set_limits(cluster.pool_limits());
            if (!cluster.addresses(i).empty()) pool->set_addresses(cluster.addresses(i));
        }
        view.pools.push_back(pool.get());
    }
}

void Upstreams::retain(const std::vector<const Cluster*>& clusters) {
    std::set<const Pool*> used;
    for (const Cluster* cluster : clusters) {
        const Cluster::View& view = cluster->view(loop_.index());
        used.insert(view.pools.begin(), view.pools.end());
    }
    for (const auto& [key, pool] : pools_) {
        if (!used.contains(pool.get())) pool->close_idle();
    }
}

void Upstreams::set_addresses(const std::string& key, const std::vector<Address>& addresses) {
    for (const auto& [service_and_key, pool] : pools_) {
        if (service_and_key.second == key) pool->set_addresses(addresses);
    }
}

void Upstreams::close_idle() {
    for (const auto& [key, pool] : pools_) pool->close_idle();
}

Selection::Selection(IoLoop& loop, const Cluster& cluster) : view_(cluster.view(loop.index())) {}

std::size_t Selection::next() {
    const std::size_t count = std::min(view_.pools.size(), kEndpointsMax);
    if (count == 1) {
        if (tried_ != 0 || !view_.pools[0]->has_addresses()) return kNone;
        tried_ = 1;
        return 0;
    }
    const TimePoint now = Clock::now();
    std::size_t second_best = kNone;
    for (std::size_t step = 0; step < count; ++step) {
        const std::size_t candidate = (view_.next + step) % count;
        if ((tried_ >> candidate & 1) != 0 || !view_.pools[candidate]->has_addresses()) continue;
        if (view_.pools[candidate]->is_backing_off(now)) {
            if (second_best == kNone) second_best = candidate;
            continue;
        }
        second_best = candidate;
        break;
    }
    if (second_best == kNone) return kNone;
    view_.next = second_best + 1;
    tried_ |= std::uint64_t{1} << second_best;
    return second_best;
}

}  // namespace gatehouse::upstream
