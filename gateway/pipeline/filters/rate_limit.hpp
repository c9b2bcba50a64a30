#pragma once

#include <string>
#include <vector>

#include "gateway/config/model.hpp"
#include "gateway/observe/gateway_metrics.hpp"
#include "gateway/pipeline/filter.hpp"
#include "gateway/pipeline/filters/rate_limit_store.hpp"

namespace gatehouse::pipeline {

// Some of a route's rate limits: those that are asked before auth (by ip, by route) or those after it (by user; a
// caller without identity is limited by address). All of them must let the request through; a request that one refuses
// costs nothing with the others of the same phase. Answers carry RateLimit-Policy for each limit and RateLimit for the
// tightest so far (draft-ietf-httpapi-ratelimit-headers); a refusal is 429 with Retry-After.
class RateLimit final : public Filter {
public:
    enum class Phase : std::uint8_t { before_auth, after_auth };

    RateLimit(const config::Route& route, Phase phase, RateLimitStore& store, observe::GatewayMetrics& metrics);
    // Whether the route has limits for the phase at all.
    static bool applies(const config::Route& route, Phase phase);

    Verdict handle(Exchange& exchange) override;

private:
    struct Limit {
        config::RateLimit::By by;
        Gcra gcra;
        Hash128 route_bucket;  // with By::route
        KeyedHash by_address;  // of what all buckets of one kind have in common
        KeyedHash by_user;
        std::string policy;       // for the metric
        std::string field_start;  // ratelimit: "policy";r=
    };
    Hash128 bucket_of(const Limit& limit, const Exchange& exchange) const;
    Verdict refuse(Exchange& exchange, const Limit& limit, const RateDecision& decision);

    std::vector<Limit> limits_;
    std::string policy_field_;  // ratelimit-policy: "policy";q=600;w=60\r\n
    RateLimitStore& store_;
    observe::GatewayMetrics& metrics_;
};

}  // namespace gatehouse::pipeline
