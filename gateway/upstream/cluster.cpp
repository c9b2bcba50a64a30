#include "gateway/upstream/cluster.hpp"

#include <algorithm>

namespace gatehouse::upstream {

Cluster::Cluster(const config::Service& service)
    : name_(service.name),
      pool_limits_(service.pool),
      is_served_(service.is_served),
      views_(std::make_unique<View[]>(kLoopsMax)) {
    for (std::size_t i = 0; i < service.at.size(); ++i) {
        const config::Endpoint& endpoint = service.at[i];
        if (endpoint.kind == config::Endpoint::Kind::plugin) continue;
        endpoints_.push_back(endpoint);
        weights_.push_back(i < service.weights.size() ? service.weights[i] : 1);
        addresses_.push_back(resolve(endpoint));
        authorities_.push_back(endpoint.kind == config::Endpoint::Kind::http ? endpoint_key(endpoint) : "localhost");
    }
    is_weighted_ = std::any_of(weights_.begin(), weights_.end(), [&](auto weight) { return weight != weights_[0]; });
}

bool Cluster::is_served() const {
    for (std::size_t i = 0; i < endpoints_.size(); ++i) {
        if (is_served(i)) return true;
    }
    return false;
}

Cluster::~Cluster() = default;

}  // namespace gatehouse::upstream
