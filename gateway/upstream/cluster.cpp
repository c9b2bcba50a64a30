#include "gateway/upstream/cluster.hpp"

namespace gatehouse::upstream {

Cluster::Cluster(const config::Service& service)
    : name_(service.name),
      endpoints_(service.at),
      pool_limits_(service.pool),
      is_served_(service.is_served),
      views_(std::make_unique<View[]>(kLoopsMax)) {
    for (const config::Endpoint& endpoint : endpoints_) {
        addresses_.push_back(resolve(endpoint));
        authorities_.push_back(endpoint.kind == config::Endpoint::Kind::unix_socket ? "localhost"
                                                                                    : endpoint_key(endpoint));
    }
}

Cluster::~Cluster() = default;

}  // namespace gatehouse::upstream
