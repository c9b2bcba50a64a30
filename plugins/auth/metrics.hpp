// What this service counts.
#pragma once

#include <gatehouse/context.hpp>

namespace auth {

struct Metrics {
    explicit Metrics(gatehouse::Context& context)
        : logins(context.counter("auth_logins_total", "Logins by outcome", {"outcome"})),
          refreshes(context.counter("auth_refreshes_total", "Uses of refresh tokens by outcome", {"outcome"})),
          refusals(
              context.counter("auth_token_refusals_total", "Access tokens that were refused, by reason", {"reason"})),
          revocations(context.gauge("auth_revocations", "Revocations kept in memory")) {}

    gatehouse::Metric logins, refreshes, refusals, revocations;
};

}  // namespace auth
