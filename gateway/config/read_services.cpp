#include <algorithm>

#include "gateway/config/addresses.hpp"
#include "gateway/config/object_reader.hpp"
#include "gateway/config/reading.hpp"

namespace gatehouse::config {

namespace {

void read_endpoint(const Node& node, Service& service, Reading& reading) {
    std::string text;
    if (!read_string(node, "the place of a service", reading.report, text)) return;
    const auto endpoint = parse_endpoint(text);
    if (endpoint) {
        service.at.push_back(*endpoint);
        return;
    }
    const Code& code = endpoint.error().is_not_supported ? codes::not_supported : codes::bad_address;
    reading.report.add(code, node, quoted(text) + ": " + endpoint.error().message, {}, endpoint.error().help);
}

void read_endpoints(const Node& node, Service& service, Reading& reading) {
    if (!node.is_list()) {
        read_endpoint(node, service, reading);
        return;
    }
    for (const Node& item : node.items) read_endpoint(item, service, reading);
    if (node.items.empty()) {
        reading.report.add(codes::wrong_type, node, "the service " + quoted(service.name) + " runs nowhere",
                           "this list is empty");
    }
    const auto count = [&](Endpoint::Kind kind) {
        return std::count_if(service.at.begin(), service.at.end(), [&](const Endpoint& at) { return at.kind == kind; });
    };
    if (count(Endpoint::Kind::plugin) > 1) {
        reading.report.add(codes::repeated_home, node, "a plugin runs once in a process", {}, "write plugin: once");
    }
    if (count(Endpoint::Kind::spawn) > 1) {
        reading.report.add(codes::repeated_home, node, "a service has one child process", {}, "write spawn: once");
    }
}

void read_weights(const ObjectReader& object, Service& service, Report& report) {
    const Node* node = object.find("weights");
    if (node == nullptr) return;
    const Node* at = object.find("at");
    if (at == nullptr || !at->is_list()) {
        report.add(codes::bad_weights, *node, "weights go with a list of endpoints", "\"at\" is no list",
                   "write at: [plugin:" + service.name + ", \"http://host:port\"]");
        return;
    }
    std::vector<std::uint32_t> weights;
    object.read("weights", weights);
    if (weights.empty() && !(node->is_list() && node->items.empty())) return;  // reported
    if (weights.size() != at->items.size()) {
        report.add(codes::bad_weights, *node,
                   std::to_string(weights.size()) + " weights for " + std::to_string(at->items.size()) + " endpoints");
    } else if (std::all_of(weights.begin(), weights.end(), [](auto weight) { return weight == 0; })) {
        report.add(codes::bad_weights, *node, "all weights are 0", "nobody would answer");
    } else {
        service.weights = std::move(weights);
    }
}

void read_process(const Node& node, Process& process, Report& report) {
    const ObjectReader object(node, schema::process, report);
    object.read("memory", process.memory);
    object.read("files", process.files);
    object.read("loops", process.loops);
}

void read_pool(const Node& node, Pool& pool, Report& report) {
    const ObjectReader object(node, schema::pool, report);
    object.read("connections", pool.connections);
    object.read("queue", pool.queue);
    object.read("queue_timeout", pool.queue_timeout);
}

// With a key, whoever is not in this process is told signed identities, unless the file says served: false.
bool signs_requests(const Reading& reading) { return !reading.configuration.gateway.assertion_key.empty(); }

bool is_reached_elsewhere(const Service& service) {
    return std::any_of(service.at.begin(), service.at.end(), [](const Endpoint& at) {
        return at.kind == Endpoint::Kind::http || at.kind == Endpoint::Kind::unix_socket;
    });
}

void read_probes(const ObjectReader& object, Service& service, Report& report) {
    constexpr std::size_t kProbesMax = 16;
    const Node* node = object.find("probe");
    if (node == nullptr) return;
    const std::vector<const Node*> items = read_string_list(*node, "probe", report);
    if (items.size() > kProbesMax) report.add(codes::bad_path, *node, "more than 16 probes");
    for (const Node* item : items) {
        const bool is_path = item->text.starts_with('/') &&
                             std::all_of(item->text.begin(), item->text.end(),
                                         [](char c) { return c > ' ' && c < 127 && c != '#' && c != '\\'; });
        if (!is_path) {
            report.add(codes::bad_path, *item, quoted(item->text) + " is no path of a request", {},
                       "write probe: [/health]");
            continue;
        }
        service.probes.push_back(item->text);
    }
}

const Node* read_long_form(const Node& node, Service& service, Reading& reading) {
    const ObjectReader object(node, schema::service, reading.report);
    if (const Node* at = object.find("at")) read_endpoints(*at, service, reading);
    read_weights(object, service, reading.report);
    if (const Node* pool = object.find("pool")) read_pool(*pool, service.pool, reading.report);
    if (const Node* process = object.find("process")) read_process(*process, service.process, reading.report);
    object.read("workers", service.workers);
    read_probes(object, service, reading.report);
    object.read("queue", service.queue);
    object.read("served", service.is_served);
    object.choice("balance");
    if (service.at.empty()) return nullptr;
    // What only one kind of home needs may stay when the service moves to another: moving it back is one word again.
    const bool is_elsewhere = is_reached_elsewhere(service);
    const Node* served = object.find("served");
    if (served == nullptr) {
        service.is_served = is_elsewhere && signs_requests(reading);
    } else if (!is_elsewhere) {
        service.is_served = false;
    } else if (service.is_served && !signs_requests(reading)) {
        reading.report.add(codes::unsigned_service, *served, "nothing signs the requests to this backend",
                           "it would answer 401 to all of them", "add assertion_key: file:PATH under gateway:");
    }
    return service.library().empty() ? nullptr : object.find("config");
}

}  // namespace

void read_services(const Node& node, Reading& reading) {
    for_each_named(node, "services", reading.report, [&reading](const Node& key, const Node& value) {
        reading.service_names.emplace(key.text, key.position);
        if (!is_service_name(key.text)) {
            reading.report.add(codes::bad_name, key, quoted(key.text) + " cannot be the name of a service", {},
                               "small letters, digits, - and _, beginning with a letter");
            return;
        }
        Service service;
        service.name = key.text;
        service.position = key.position;
        const Node* config = nullptr;
        if (value.is_map()) {
            config = read_long_form(value, service, reading);
        } else {
            read_endpoints(value, service, reading);
            service.is_served = is_reached_elsewhere(service) && signs_requests(reading);
        }
        if (service.at.empty()) return;
        if (service.weights.size() != service.at.size()) service.weights.assign(service.at.size(), 1);
        if (!service.library().empty()) {
            PluginConfig plugin = read_plugin_config(config, service.name, reading);
            service.plugin_config = std::move(plugin.json);
            service.shown_config = std::move(plugin.shown);
        }
        reading.configuration.services.emplace(service.name, std::move(service));
    });
}

}  // namespace gatehouse::config
