#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gateway/upstream/cluster.hpp"
#include "gateway/upstream/outcome.hpp"
#include "gateway/upstream/pool.hpp"

namespace gatehouse::upstream {

// All pools of one loop, by service and endpoint. A pool is made when a snapshot first names its endpoint and lives as
// long as the loop, so that a reload keeps the connections; a pool that no snapshot names any more only drops its idle
// ones. [loop]
class Upstreams final {
public:
    Upstreams(IoLoop& loop, Directory& directory) : loop_(loop), directory_(directory) {}

    // Fills the cluster's view for this loop. Once per snapshot and loop, before its first request.
    void attach(const Cluster& cluster);
    // Closes idle connections of pools that none of the clusters uses.
    void retain(const std::vector<const Cluster*>& clusters);
    void set_addresses(const std::string& key, const std::vector<Address>& addresses);
    // Where the child process of a service is reached from now on; empty: nowhere. What was connected before serves no
    // other request than the one that it serves now.
    void set_spawned(const std::string& service, std::vector<Address> addresses);
    // Whether no request uses a connection of before the last set_spawned().
    bool has_left_old(const std::string& service) const;
    void close_idle();

private:
    IoLoop& loop_;
    Directory& directory_;
    std::map<std::pair<std::string, std::string>, std::unique_ptr<Pool>> pools_;  // by service and endpoint
    std::map<std::string, std::vector<Address>> spawned_;                         // by service
};

// Whether a request would find an endpoint with a share that did not just fail to connect.  [loop]
bool is_reachable(const Cluster& cluster, std::uint32_t loop_index);

// One request's way through the endpoints of a cluster: by turns or by weight, those that have just failed to connect
// last, none twice, and never one without a share.
class Selection final {
public:
    static constexpr std::size_t kEndpointsMax = 64;
    Selection(IoLoop& loop, const Cluster& cluster);

    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
    // Index of the endpoint to try next; kNone when all were tried or none has an address.
    std::size_t next();
    Pool& pool(std::size_t endpoint) const { return *view_.pools[endpoint]; }
    // The outcome as it is told: a child process that cannot be reached is about to be started again.
    Outcome explain(Outcome outcome) const;

private:
    bool may_try(std::size_t endpoint) const;
    std::size_t next_in_turn(std::size_t count);
    std::size_t next_by_weight(std::size_t count);
    std::size_t best_credit(std::size_t count, bool spares_failing);

    const Cluster& cluster_;
    Cluster::View& view_;
    std::uint64_t tried_ = 0;  // a bit per endpoint
    std::size_t last_ = kNone;
};

}  // namespace gatehouse::upstream
