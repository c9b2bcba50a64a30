#include "gateway/pipeline/snapshot.hpp"

#include <algorithm>

#include "gateway/pipeline/pipeline.hpp"
#include "gateway/upstream/upstreams.hpp"

namespace gatehouse::pipeline {

namespace {

// "/new/**" -> "/new", keeping the rest of the path.
bool split_rest(const std::string& target, std::string& prefix) {
    constexpr std::string_view kRest = "/**";
    const bool keeps_rest = target.ends_with(kRest);
    prefix = keeps_rest ? target.substr(0, target.size() - kRest.size()) : target;
    return keeps_rest;
}

http::Limits http_limits(const config::Configuration& configuration) {
    http::Limits limits;
    limits.header_bytes = configuration.gateway.limits.header_bytes;
    limits.request_line_bytes = std::min(limits.request_line_bytes, limits.header_bytes);
    limits.header_count = configuration.gateway.limits.headers;
    limits.body_bytes = configuration.gateway.limits.body;
    for (const config::Route& route : configuration.routes) {
        limits.body_bytes = std::max(limits.body_bytes, route.effective.max_body);
    }
    return limits;
}

}  // namespace

bool Service::goes_to_plugin(std::uint32_t loop_index) const {
    if (!cluster || !generation) return generation != nullptr;
    if (split.takes_first(loop_index)) return true;
    return split.first_weight() > 0 && !upstream::is_reachable(*cluster, loop_index);
}

const Service* Services::find(std::string_view name) const {
    const auto found = by_name.find(name);
    return found == by_name.end() ? nullptr : &found->second;
}

Result<std::shared_ptr<const Snapshot>> build_snapshot(config::Configuration configuration, std::uint64_t number,
                                                       Mode mode, FilterFactory& factory,
                                                       const FindGeneration& find_generation, const Canary* canary) {
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->number = number;
    snapshot->is_backend = mode == Mode::backend;
    snapshot->configuration = std::move(configuration);
    const config::Configuration& config = snapshot->configuration;
    snapshot->http_limits = http_limits(config);
    for (const auto& [name, service] : config.services) {
        Service& compiled = snapshot->services.by_name[name];
        compiled.name = name;
        const bool is_plugin = service.is_plugin();
        if (!is_plugin || service.at.size() > 1) compiled.cluster = std::make_unique<upstream::Cluster>(service);
        if (!is_plugin) continue;
        compiled.split = upstream::Split(service.plugin_weight(), service.remote_weight());
        compiled.generation = find_generation(service);
        if (!compiled.generation) return Error{"the plugin of service \"" + name + "\" is not loaded"};
        if (canary == nullptr || canary->service != name) continue;
        compiled.canary = canary->generation;
        compiled.canary_split = upstream::Split(canary->percent, 100 - canary->percent);
    }
    snapshot->table = std::make_unique<routing::RouteTable>(config.routes);
    snapshot->before_route = factory.before_route(config);
    for (const config::Route& route : snapshot->table->routes()) {
        RoutePlan& plan = snapshot->plans.emplace_back();
        plan.route = &route;
        plan.service = route.redirect ? nullptr : snapshot->services.find(route.to);
        plan.filters = factory.for_route(config, route, snapshot->services);
        if (!route.effective.cors.origins.empty()) plan.cors.emplace(route.effective.cors);
        const auto authenticator = config.authenticators.find(route.effective.authenticator);
        if (authenticator != config.authenticators.end()) plan.recheck = authenticator->second.recheck;
        plan.rewrite_keeps_rest = split_rest(route.rewrite, plan.rewrite_prefix);
        if (route.redirect) plan.redirect_keeps_rest = split_rest(route.redirect->to, plan.redirect_prefix);
    }
    return std::shared_ptr<const Snapshot>(std::move(snapshot));
}

}  // namespace gatehouse::pipeline
