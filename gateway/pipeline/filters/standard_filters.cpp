#include "gateway/pipeline/filters/standard_filters.hpp"

#include "gateway/pipeline/filters/assertion_auth.hpp"
#include "gateway/pipeline/filters/auth/forward_auth.hpp"
#include "gateway/pipeline/filters/auth/http_verifier.hpp"
#include "gateway/pipeline/filters/auth/plugin_verifier.hpp"
#include "gateway/pipeline/filters/identity_strip.hpp"
#include "gateway/pipeline/filters/rate_limit.hpp"
#include "gateway/pipeline/filters/request_id.hpp"
#include "gateway/pipeline/filters/require.hpp"
#include "gateway/pipeline/snapshot.hpp"

namespace gatehouse::pipeline {

StandardFilters::StandardFilters(Options options) : options_(std::move(options)), store_(options_.rate_limits) {}

StandardFilters::~StandardFilters() = default;

Filters StandardFilters::before_route(const config::Configuration& configuration) {
    building_.clear();
    Filters filters;
    const bool is_behind_gateway = options_.assertions != nullptr;
    if (is_behind_gateway) {
        filters.push_back(std::make_unique<AssertionAuth>(*options_.assertions, options_.served_as));
    }
    filters.push_back(
        std::make_unique<RequestId>(is_behind_gateway ? RequestId::Peer::gateway : RequestId::Peer::client));
    filters.push_back(std::make_unique<IdentityStrip>(configuration.gateway.identity_headers,
                                                      options_.metrics->identity_fields_stripped));
    return filters;
}

Filters StandardFilters::for_route(const config::Configuration& configuration, const config::Route& route,
                                   const Services& services) {
    const config::Effective& effective = route.effective;
    Filters filters;
    const auto add_rate_limit = [&](RateLimit::Phase phase) {
        if (!RateLimit::applies(route, phase)) return;
        filters.push_back(std::make_unique<RateLimit>(route, phase, store_, *options_.metrics));
    };
    add_rate_limit(RateLimit::Phase::before_auth);
    if (!effective.authenticator.empty()) {
        filters.push_back(std::make_unique<ForwardAuth>(
            authenticator(configuration, effective.authenticator, services),
            effective.auth_optional ? AnonymousCallers::pass : AnonymousCallers::ask_verifier));
    }
    add_rate_limit(RateLimit::Phase::after_auth);
    if (!effective.require_roles.empty()) filters.push_back(std::make_unique<Require>(effective.require_roles));
    return filters;
}

std::shared_ptr<Authenticator> StandardFilters::authenticator(const config::Configuration& configuration,
                                                              const std::string& name, const Services& services) {
    if (auto shared = building_[name].lock()) return shared;
    auto settings = std::make_shared<const config::Authenticator>(configuration.authenticators.at(name));
    const Service& service = *services.find(settings->forward.to);
    std::unique_ptr<Verifier> verifier;
    if (service.is_asked_here()) {
        verifier = std::make_unique<PluginVerifier>(service.generation, settings, options_.loops.size());
    } else {
        verifier = std::make_unique<HttpVerifier>(*service.cluster, settings, options_.signer);
    }
    auto shared = std::make_shared<Authenticator>(settings, std::move(verifier), options_.loops, *options_.metrics);
    std::erase_if(living_, [](const auto& known) { return known.expired(); });
    living_.push_back(shared);
    building_[name] = shared;
    return shared;
}

void StandardFilters::revoke(const Revocation& revocation) {
    for (const auto& known : living_) {
        if (const auto authenticator = known.lock()) authenticator->revoke(revocation);
    }
}

}  // namespace gatehouse::pipeline
