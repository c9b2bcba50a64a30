#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gateway/observe/gateway_metrics.hpp"
#include "gateway/pipeline/filter.hpp"
#include "gateway/pipeline/filters/auth/revocation.hpp"
#include "gateway/pipeline/filters/rate_limit_store.hpp"

namespace gatehouse {
class IoLoop;
}
namespace gatehouse::upstream {
class AssertionSigner;
class AssertionVerifier;
}  // namespace gatehouse::upstream

namespace gatehouse::pipeline {

class Authenticator;

// The gateway's own filters in their fixed order:
//
//   before the route:  [assertion, in serve mode] > request id > identity strip
//   on the route:      rate(ip, route) > auth > rate(user) > require
//
// Keeps what outlives a snapshot: the rate limiter's buckets. One per process; outlives every snapshot it made filters
// for, and the loops.
class StandardFilters final : public FilterFactory {
public:
    struct Options {
        std::vector<IoLoop*> loops;  // by index
        observe::GatewayMetrics* metrics = nullptr;
        RateLimitStore::Options rate_limits;
        // For verifiers that are `gatehouse serve`. May be null.
        const upstream::AssertionSigner* signer = nullptr;
        // `gatehouse serve`: identity comes from assertions made out to `served_as`. May be null.
        upstream::AssertionVerifier* assertions = nullptr;
        std::string served_as;
    };
    explicit StandardFilters(Options options);
    ~StandardFilters();

    Filters before_route(const config::Configuration& configuration) override;
    Filters for_route(const config::Configuration& configuration, const config::Route& route,
                      const Services& services) override;

    // Forgets every cached decision about that session or user, on all loops, and keeps checks that are under way from
    // being cached.  [main]
    void revoke(const Revocation& revocation);

private:
    std::shared_ptr<Authenticator> authenticator(const config::Configuration& configuration, const std::string& name,
                                                 const Services& services);

    Options options_;
    RateLimitStore store_;
    // Of the snapshot under construction, so that its routes share one cache and one flight per key. Owned by the
    // filters: what is kept here must not keep a plugin's generation.
    std::map<std::string, std::weak_ptr<Authenticator>> building_;
    std::vector<std::weak_ptr<Authenticator>> living_;
};

}  // namespace gatehouse::pipeline
