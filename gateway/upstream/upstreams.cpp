#include "gateway/upstream/upstreams.hpp"

#include <algorithm>
#include <set>

namespace gatehouse::upstream {

namespace {
constexpr std::string_view kSpawnedPrefix = "spawn:";
}

void Upstreams::attach(const Cluster& cluster) {
    Cluster::View& view = cluster.view(loop_.index());
    view.pools.clear();
    view.credits.assign(cluster.endpoints().size(), 0);
    for (std::size_t i = 0; i < cluster.endpoints().size(); ++i) {
        std::string key = endpoint_key(cluster.endpoints()[i]);
        std::unique_ptr<Pool>& pool = pools_[{cluster.name(), key}];
        if (!pool) {
            const std::vector<Address>& addresses =
                cluster.is_spawned(i) ? spawned_[cluster.name()] : cluster.addresses(i);
            pool = std::make_unique<Pool>(loop_, key, addresses, cluster.pool_limits());
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

void Upstreams::set_spawned(const std::string& service, std::vector<Address> addresses) {
    for (const auto& [service_and_key, pool] : pools_) {
        if (service_and_key.first == service && service_and_key.second.starts_with(kSpawnedPrefix)) {
            pool->renew(addresses);
        }
    }
    spawned_[service] = std::move(addresses);
}

bool Upstreams::has_left_old(const std::string& service) const {
    return std::all_of(pools_.begin(), pools_.end(), [&](const auto& entry) {
        return entry.first.first != service || !entry.first.second.starts_with(kSpawnedPrefix) ||
               entry.second->has_left_old();
    });
}

bool is_reachable(const Cluster& cluster, std::uint32_t loop_index) {
    const std::vector<Pool*>& pools = cluster.view(loop_index).pools;
    const TimePoint now = Clock::now();
    for (std::size_t i = 0; i < pools.size(); ++i) {
        if (cluster.weight(i) > 0 && pools[i]->has_addresses() && !pools[i]->is_backing_off(now)) return true;
    }
    return false;
}

Selection::Selection(IoLoop& loop, const Cluster& cluster) : cluster_(cluster), view_(cluster.view(loop.index())) {}

bool Selection::may_try(std::size_t endpoint) const {
    return (tried_ >> endpoint & 1) == 0 && view_.pools[endpoint]->has_addresses();
}

std::size_t Selection::next() {
    const std::size_t count = std::min(view_.pools.size(), kEndpointsMax);
    std::size_t chosen = kNone;
    if (count == 1) {
        if (may_try(0)) chosen = 0;
    } else {
        chosen = cluster_.is_weighted() ? next_by_weight(count) : next_in_turn(count);
    }
    if (chosen == kNone) return kNone;
    tried_ |= std::uint64_t{1} << chosen;
    return last_ = chosen;
}

std::size_t Selection::next_in_turn(std::size_t count) {
    const TimePoint now = Clock::now();
    std::size_t second_best = kNone;
    for (std::size_t step = 0; step < count; ++step) {
        const std::size_t candidate = (view_.next + step) % count;
        if (!may_try(candidate)) continue;
        if (view_.pools[candidate]->is_backing_off(now)) {
            if (second_best == kNone) second_best = candidate;
            continue;
        }
        second_best = candidate;
        break;
    }
    if (second_best != kNone) view_.next = second_best + 1;
    return second_best;
}

std::size_t Selection::next_by_weight(std::size_t count) {
    const std::size_t chosen = best_credit(count, true);
    return chosen != kNone ? chosen : best_credit(count, false);
}

// Smooth weighted round robin: every candidate's credit grows by its weight, and the richest pays for all.
std::size_t Selection::best_credit(std::size_t count, bool spares_failing) {
    const TimePoint now = Clock::now();
    std::size_t best = kNone;
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::int64_t weight = cluster_.weight(i);
        if (weight == 0 || !may_try(i) || (spares_failing && view_.pools[i]->is_backing_off(now))) continue;
        view_.credits[i] += weight;
        sum += weight;
        if (best == kNone || view_.credits[i] > view_.credits[best]) best = i;
    }
    if (best != kNone) view_.credits[best] -= sum;
    return best;
}

Outcome Selection::explain(Outcome outcome) const {
    const bool is_lost =
        outcome == Outcome::no_healthy_endpoint || outcome == Outcome::connect_failed || outcome == Outcome::reset;
    if (!is_lost) return outcome;
    for (std::size_t i = 0; i < cluster_.endpoints().size(); ++i) {
        const bool is_meant = last_ == kNone ? cluster_.endpoints().size() == 1 || cluster_.weight(i) > 0 : last_ == i;
        if (is_meant && cluster_.is_spawned(i)) return Outcome::restarting;
    }
    return outcome;
}

}  // namespace gatehouse::upstream
