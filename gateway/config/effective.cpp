#include "gateway/config/effective.hpp"

#include <algorithm>
#include <sstream>

#include "gateway/base/ascii.hpp"
#include "gateway/config/addresses.hpp"
#include "gateway/config/database_url.hpp"
#include "gateway/config/json_writer.hpp"
#include "gateway/config/values.hpp"

namespace gatehouse::config {

namespace {

// A plain scalar where that is safe, else quoted as JSON, which is YAML too.
std::string scalar(const std::string& text) {
    const auto is_plain = [](char c) {
        const char lower = ascii::to_lower(c);
        return (lower >= 'a' && lower <= 'z') || c == '-' || c == '_' || c == '.' || c == '/';
    };
    static const std::vector<std::string> kWords = {"on", "off", "yes", "no", "true", "false", "null", "y", "n"};
    const bool is_word = std::find(kWords.begin(), kWords.end(), ascii::lower(text)) != kWords.end();
    const bool begins_well = !text.empty() && text.front() != '-' && text.front() != '.';
    if (begins_well && !is_word && std::all_of(text.begin(), text.end(), is_plain)) return text;
    return json_string(text);
}

std::string list(const std::vector<std::string>& items) {
    std::string text;
    for (const std::string& item : items) text += (text.empty() ? "" : ", ") + scalar(item);
    return "[" + text + "]";
}

std::string total(milliseconds value) { return value.count() == 0 ? "none" : format_duration(value); }

std::string by_name(RateLimit::By by) {
    switch (by) {
        case RateLimit::By::ip: return "ip";
        case RateLimit::By::user: return "user";
        case RateLimit::By::route: return "route";
    }
    return {};
}

std::uint64_t burst_of(const RateLimit& rate) { return rate.burst == 0 ? rate.limit : rate.burst; }

std::string secret(const std::string& value) { return value.empty() ? "none" : "\"(secret)\""; }

std::string log_target(const Log& log) {
    switch (log.to) {
        case Log::Target::standard_output: return "stdout";
        case Log::Target::standard_error: return "stderr";
        case Log::Target::file: return json_string("file:" + log.file);
        case Log::Target::none: return "none";
    }
    return {};
}

std::string print_client(const Gateway& gateway) {
    std::vector<std::string> allowed = gateway.http_client.origins;
    for (const Network& network : gateway.http_client.networks) allowed.push_back(format_network(network));
    std::ostringstream percent;
    percent << gateway.trace.sample * 100 << '%';
    std::string text = "  http_client: { allow: " + list(allowed) + " }\n";
    if (gateway.trace.otlp.empty()) return text + "  # trace: none\n";
    return text + "  trace: { otlp: " + json_string(gateway.trace.otlp) + ", sample: " + json_string(percent.str()) +
           " }\n";
}

std::string print_kv(const KeyValueStore& kv) {
    std::string text = "  kv:\n    store: " + json_string(kv.store) + "\n";
    text += (kv.password.empty() ? "    # password: none\n" : "    password: \"(secret)\"\n");
    return text + "    memory: " + format_size(kv.memory_bytes) + "\n    timeout: " + format_duration(kv.timeout) +
           "\n";
}

std::string print_events(const Events& events) {
    std::string text = "  events:\n    bus: " + json_string(events.url) + "\n";
    text += (events.password.empty() ? "    # password: none\n" : "    password: \"(secret)\"\n");
    text += (events.ca_file.empty() ? "    # ca: none\n" : "    ca: " + json_string(events.ca_file) + "\n");
    text += "    topic: " + json_string(events.topic) + "\n    prefix: " + json_string(events.prefix) + "\n";
    text += std::string("    queues: ") + (events.quorum_queues ? "quorum" : "classic") + "\n";
    text += "    sasl: " + events.sasl + "\n    in_hand: " + std::to_string(events.in_hand) + "\n";
    return text + "    workers: " + std::to_string(events.workers) + "\n";
}

std::string print_gateway(const Gateway& gateway) {
    std::string listen;
    for (const Listener& listener : gateway.listen) {
        listen += "    - { at: " + json_string(format_listener(listener)) + " }\n";
    }
    std::vector<std::string> proxies;
    for (const Network& network : gateway.trusted_proxies) proxies.push_back(format_network(network));
    const Limits& limits = gateway.limits;
    std::string text = "gateway:\n  listen:\n" + listen;
    if (gateway.admin.at) {
        text += "  admin: { at: " + json_string(format_listener(*gateway.admin.at)) +
                ", token: " + secret(gateway.admin.token) + " }\n";
    } else {
        text += "  # admin: none\n";
    }
    text += gateway.internal ? "  internal: { at: " + json_string(format_listener(*gateway.internal)) + " }\n"
                             : std::string("  # internal: none\n");
    text += "  trusted_proxies: " + list(proxies) + "\n";
    text += "  identity_headers: " + list(gateway.identity_headers) + "\n";
    text += "  limits:\n";
    text += "    header_bytes: " + format_size(limits.header_bytes) + "\n";
    text += "    headers: " + std::to_string(limits.headers) + "\n";
    text += "    body: " + format_size(limits.body) + "\n";
    text += "    header_timeout: " + format_duration(limits.header_timeout) + "\n";
    text += "    body_timeout: " + format_duration(limits.body_timeout) + "\n";
    text += "    keepalive_timeout: " + format_duration(limits.keepalive_timeout) + "\n";
    text += "    connections: " + std::to_string(limits.connections) + "\n";
    text += "  log: { to: " + log_target(gateway.log) + ", format: json, redact: " + list(gateway.log.redact) + " }\n";
    text += "  storage: { default: " + json_string(without_password(gateway.storage_default)) + " }\n";
    const Plugins& plugins = gateway.plugins;
    text += "  plugins: { watch: " + std::string(plugins.watch ? "true" : "false") +
            ", observe: " + format_duration(plugins.observe) +
            ", rollback_percent: " + std::to_string(plugins.rollback_percent) +
            ", rollback_after: " + std::to_string(plugins.rollback_after) +
            ", drain: " + format_duration(plugins.drain) + ", streams: " + format_duration(plugins.streams) +
            ", grace: " + format_duration(plugins.grace) + ", generations: " + std::to_string(plugins.generations) +
            ", copies: " + std::to_string(plugins.copies) +
            ", canary: { percent: " + std::to_string(plugins.canary.percent) +
            ", time: " + format_duration(plugins.canary.time) + ", errors: " + std::to_string(plugins.canary.errors) +
            ", slower: " + std::to_string(plugins.canary.slower) + " }" +
            ", handover_required: " + (plugins.handover_required ? "true" : "false") +
            ", debug_header: " + (plugins.debug_header ? "true" : "false") +
            ", stall_after: " + format_duration(plugins.stall_after) +
            ", break_after: " + format_duration(plugins.break_after) +
            ", retry_after: " + format_duration(plugins.retry_after) +
            ", crash_file: " + json_string(plugins.crash_file) + " }\n";
    text += print_events(gateway.events);
    text += print_kv(gateway.kv);
    text += print_client(gateway);
    text += "  loops: " + (gateway.loops == 0 ? "auto" : std::to_string(gateway.loops)) + "\n";
    text += "  drain_timeout: " + format_duration(gateway.drain_timeout) + "\n";
    text += (gateway.assertion_key.empty() ? "  # assertion_key: none\n" : "  assertion_key: \"(secret)\"\n");
    return text;
}

std::string print_service(const Service& service) {
    std::string at;
    for (const Endpoint& endpoint : service.at) at += (at.empty() ? "" : ", ") + json_string(format_endpoint(endpoint));
    std::string weights;
    for (const std::uint32_t weight : service.weights) {
        weights.append(weights.empty() ? "" : ", ").append(std::to_string(weight));
    }
    std::string text = "  " + service.name + ":\n    at: [" + at + "]\n    weights: [" + weights + "]\n";
    if (!service.library().empty()) {
        text += "    workers: " + (service.workers == 0 ? "default" : std::to_string(service.workers)) + "\n";
        text += "    queue: " + (service.queue == 0 ? "default" : std::to_string(service.queue)) + "\n";
        text += "    probe: " + list(service.probes) + "\n";
        text += "    config: " + service.shown_config + "\n";
    }
    if (service.is_spawned()) {
        text += "    process: { memory: " + format_size(service.process.memory) +
                ", files: " + std::to_string(service.process.files) +
                ", loops: " + std::to_string(service.process.loops) + " }\n";
    }
    if (service.is_plugin() && service.at.size() == 1) return text;
    text += "    balance: round_robin\n";
    text += "    pool: { connections: " + std::to_string(service.pool.connections) +
            ", queue: " + std::to_string(service.pool.queue) +
            ", queue_timeout: " + format_duration(service.pool.queue_timeout) + " }\n";
    const bool is_elsewhere = std::any_of(service.at.begin(), service.at.end(), [](const Endpoint& endpoint) {
        return endpoint.kind == Endpoint::Kind::http || endpoint.kind == Endpoint::Kind::unix_socket;
    });
    return is_elsewhere ? text + "    served: " + (service.is_served ? "true" : "false") + "\n" : text;
}

std::string print_authenticator(const Authenticator& authenticator) {
    const ForwardAuth& forward = authenticator.forward;
    std::string text = "  " + scalar(authenticator.name) + ":\n";
    text += "    forward: { to: " + scalar(forward.to) + ", path: " + scalar(forward.path) +
            ", timeout: " + format_duration(forward.timeout) + " }\n";
    text += "    send: " + list(authenticator.send) + "\n";
    text += "    take: " + list(authenticator.take) + "\n";
    if (authenticator.cache_ttl.count() > 0) {
        text += "    cache: { ttl: " + format_duration(authenticator.cache_ttl) +
                ", by: " + list(authenticator.cache_by) + " }\n";
    } else {
        text += "    # cache: none\n";
    }
    text += "    recheck: " + total(authenticator.recheck) + "\n";
    return text + "    if_down: " + (authenticator.allow_if_down ? "allow" : "deny") + "\n";
}

std::string print_rates(const std::vector<RateLimit>& rates) {
    if (rates.empty()) return "    rate: none\n";
    std::string text;
    for (const RateLimit& rate : rates) {
        text += "    " + std::string(rates.size() > 1 ? "# " : "") +
                "rate: { limit: " + format_rate({rate.limit, rate.period}) +
                ", burst: " + std::to_string(burst_of(rate)) + ", by: " + by_name(rate.by) + ", store: local }  # " +
                rate.policy + "\n";
    }
    return text;
}

std::string print_auth(const Effective& effective) {
    if (effective.authenticator.empty()) return "none";
    return effective.auth_optional ? "{ optional: " + scalar(effective.authenticator) + " }"
                                   : scalar(effective.authenticator);
}

std::string print_cors(const Cors& cors) {
    if (cors.origins.empty()) return "    # cors: none\n";
    return "    cors: { origins: " + list(cors.origins) + ", credentials: " + (cors.credentials ? "true" : "false") +
           ", max_age: " + format_duration(cors.max_age) + " }\n";
}

std::string print_route(const Route& route, const Gateway& gateway) {
    const Effective& effective = route.effective;
    std::string text = "  - path: " + scalar(route.path) + "\n";
    text += "    name: " + scalar(route.name) + "\n";
    text += route.methods.empty() ? "    # methods: all\n" : "    methods: " + list(route.methods) + "\n";
    text += route.host.empty() ? "    # host: any\n" : "    host: " + scalar(route.host) + "\n";
    if (route.redirect) {
        text += "    redirect: { to: " + scalar(route.redirect->to) +
                ", status: " + std::to_string(route.redirect->status) + " }\n";
    } else {
        text += "    to: " + scalar(route.to) + "\n";
        text += route.rewrite.empty() ? "    # rewrite: none\n" : "    rewrite: " + scalar(route.rewrite) + "\n";
    }
    text += "    # use: " + list(route.use) + "\n";
    text += std::string("    allow_encoded_slash: ") + (route.allow_encoded_slash ? "true" : "false") + "\n";
    text += "    timeout: { total: " + total(effective.total_timeout) +
            ", connect: " + format_duration(effective.connect_timeout) +
            ", idle: " + format_duration(effective.idle_timeout) + " }\n";
    text += "    auth: " + print_auth(effective) + "\n";
    text += effective.require_roles.empty() ? "    # require: none\n"
                                            : "    require: { roles: " + list(effective.require_roles) + " }\n";
    text += print_rates(effective.rates);
    text += print_cors(effective.cors);
    return text + "    body: " + format_size(effective.max_body == 0 ? gateway.limits.body : effective.max_body) + "\n";
}

}  // namespace

std::string print_effective(const Configuration& configuration) {
    std::string text =
        "# " + configuration.file + " as it is in force\nversion: 1\n" + print_gateway(configuration.gateway);
    text += configuration.services.empty() ? "services: {}\n" : "services:\n";
    for (const auto& [name, service] : configuration.services) text += print_service(service);
    text += configuration.authenticators.empty() ? "auth: {}\n" : "auth:\n";
    for (const auto& [name, authenticator] : configuration.authenticators) text += print_authenticator(authenticator);
    text += configuration.routes.empty() ? "routes: []\n" : "routes:\n";
    for (const Route& route : configuration.routes) text += print_route(route, configuration.gateway);
    return text;
}

std::vector<std::string> describe(const Effective& effective, const Configuration& configuration) {
    std::vector<std::string> lines;
    std::string auth = effective.authenticator.empty() ? "none" : effective.authenticator;
    const auto found = configuration.authenticators.find(effective.authenticator);
    if (found != configuration.authenticators.end()) {
        auth += " (asks " + found->second.forward.to + " at " + found->second.forward.path + ")";
    }
    lines.push_back("auth: " + auth + (effective.auth_optional ? ", optional" : ""));
    if (!effective.require_roles.empty()) lines.push_back("require: one of the roles " + list(effective.require_roles));
    for (const RateLimit& rate : effective.rates) {
        lines.push_back("rate: " + format_rate({rate.limit, rate.period}) + ", burst " +
                        std::to_string(burst_of(rate)) + ", by " + by_name(rate.by) + " (from " + rate.policy + ")");
    }
    if (!effective.cors.origins.empty()) {
        lines.push_back("cors: " + list(effective.cors.origins) +
                        (effective.cors.credentials ? ", with credentials" : ""));
    }
    lines.push_back("timeout: total " + total(effective.total_timeout) + ", connect " +
                    format_duration(effective.connect_timeout) + ", idle " + format_duration(effective.idle_timeout));
    lines.push_back("body: at most " +
                    format_size(effective.max_body == 0 ? configuration.gateway.limits.body : effective.max_body));
    return lines;
}

}  // namespace gatehouse::config
