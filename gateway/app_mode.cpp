// What a configuration becomes in each of the two ways to run one.
#include <random>

#include "gateway/app_parts.hpp"
#include "gateway/upstream/call_fields.hpp"

namespace gatehouse {

std::string random_key() {
    std::random_device device;
    std::string key;
    while (key.size() < upstream::kAssertionKeyBytesMin) key.push_back(static_cast<char>(device()));
    return key;
}

AppMode gateway_mode(config::Configuration configuration, AppOptions options) {
    AppMode mode;
    mode.configuration = std::move(configuration);
    mode.options = std::move(options);
    return mode;
}

// One synthetic route to one plugin.
AppMode backend_mode(ServeOptions options) {
    AppMode mode;
    mode.mode = pipeline::Mode::backend;
    mode.plugin_file = options.plugin;
    mode.assertion_key = options.assertion_key.empty() ? random_key() : options.assertion_key;
    mode.options.runtime_directory = options.runtime_directory;
    mode.options.ready_file = options.ready_file;

    config::Service service;
    service.name = options.service.empty() ? options.plugin.stem().string() : options.service;
    config::Endpoint endpoint;
    endpoint.plugin = service.name;
    service.at = {endpoint};
    service.weights = {1};
    service.workers = options.workers;
    service.queue = options.queue;
    service.plugin_config = options.config_json;
    service.probes = options.probes;
    config::Route route;
    route.name = "everything";
    route.path = "/**";
    route.to = service.name;

    config::Configuration& configuration = mode.configuration;
    configuration.gateway.listen = {options.listen};
    configuration.gateway.identity_headers = {"X-User-ID", "X-User-Name", "X-User-Roles", "X-Session-ID"};
    configuration.gateway.events = options.events.value_or(config::Events{});
    mode.events_by_gateway = !options.events;
    configuration.gateway.loops = options.loops;
    configuration.gateway.log = options.log;
    configuration.gateway.kv = options.kv;
    configuration.gateway.plugins.crash_file = options.crash_file;
    configuration.gateway.drain_timeout = options.drain_timeout;
    configuration.services.emplace(service.name, service);
    if (options.gateway) {
        config::Service gateway;
        gateway.name = upstream::kGatewayCluster;
        gateway.at = {*options.gateway};
        gateway.weights = {1};
        gateway.is_served = true;
        configuration.gateway.assertion_key = options.assertion_key;
        configuration.services.emplace(gateway.name, gateway);
    }
    configuration.routes = {route};
    return mode;
}

}  // namespace gatehouse
