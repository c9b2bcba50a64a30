#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gateway/upstream/cluster.hpp"
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
    void close_idle();

private:
    IoLoop& loop_;
    Directory& directory_;
    std::map<std::pair<std::string, std::string>, std::unique_ptr<Pool>> pools_;  // by service and endpoint
};

// One request's way through the endpoints of a cluster: round robin, those that have just failed to connect last, none
// twice.
class Selection final {
public:
    static constexpr std::size_t kEndpointsMax = 64;
    Selection(IoLoop& loop, const Cluster& cluster);

    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
    // Index of the endpoint to try next; kNone when all were tried or none has an address.
    std::size_t next();
    Pool& pool(std::size_t endpoint) const { return *view_.pools[endpoint]; }

private:
    Cluster::View& view_;
    std::uint64_t tried_ = 0;  // a bit per endpoint
};

}  // namespace gatehouse::upstream
