#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gateway/config/model.hpp"
#include "gateway/upstream/address.hpp"

namespace gatehouse::upstream {

class Pool;

// The endpoints of one service that are reached over HTTP, as one snapshot sees them: all but plugin:. Immutable but
// for the view of each loop, which only that loop touches.
class Cluster final {
public:
    // Resolves names: may block.  [main]
    explicit Cluster(const config::Service& service);
    ~Cluster();
    Cluster(const Cluster&) = delete;
    Cluster& operator=(const Cluster&) = delete;

    const std::string& name() const { return name_; }
    const std::vector<config::Endpoint>& endpoints() const { return endpoints_; }
    const std::vector<Address>& addresses(std::size_t endpoint) const { return addresses_[endpoint]; }
    const config::Pool& pool_limits() const { return pool_limits_; }
    // The share of an endpoint beside those of the others. Not weighted: all have the same.
    std::uint32_t weight(std::size_t endpoint) const { return weights_[endpoint]; }
    bool is_weighted() const { return is_weighted_; }
    // The far side is `gatehouse serve`: it expects X-Gatehouse-Assertion. A child process always is.
    bool is_served(std::size_t endpoint) const { return is_served_ || is_spawned(endpoint); }
    bool is_served() const;  // one of them
    bool is_spawned(std::size_t endpoint) const { return endpoints_[endpoint].kind == config::Endpoint::Kind::spawn; }
    // What Host says to an endpoint when the request has none of its own: "host:port", "localhost" for Unix sockets.
    const std::string& authority(std::size_t endpoint) const { return authorities_[endpoint]; }

    // What one loop keeps for this cluster: its pools, beside endpoints(), and where round robin stands. Empty until
    // Upstreams::attach() has run on that loop.
    struct View {
        std::vector<Pool*> pools;
        std::size_t next = 0;               // unless it is weighted
        std::vector<std::int64_t> credits;  // if it is
    };
    View& view(std::uint32_t loop_index) const { return views_[loop_index]; }

    static constexpr std::uint32_t kLoopsMax = 256;

private:
    std::string name_;
    std::vector<config::Endpoint> endpoints_;
    std::vector<std::uint32_t> weights_;
    bool is_weighted_ = false;
    std::vector<std::vector<Address>> addresses_;
    std::vector<std::string> authorities_;
    config::Pool pool_limits_;
    bool is_served_;
    std::unique_ptr<View[]> views_;
};

}  // namespace gatehouse::upstream
