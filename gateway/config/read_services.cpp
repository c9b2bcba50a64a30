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
    if (service.at.size() < 2) return;
    const bool is_mixed = std::any_of(service.at.begin(), service.at.end(),
                                      [&](const Endpoint& at) { return at.kind != service.at.front().kind; });
    if (is_mixed) {
        reading.report.add(codes::mixed_endpoints, node, "endpoints of different kinds in one service",
                           "a service that is half moved is not supported yet", "write one kind");
    } else if (service.is_plugin()) {
        reading.report.add(codes::mixed_endpoints, node, "a plugin runs once in a process", {},
                           "write one plugin: only");
    }
}

// A key that means nothing for that kind of service.
void refuse(const ObjectReader& object, std::string_view key, std::string_view why, Report& report) {
    if (const Node* node = object.find(key)) {
        report.add(codes::excluded_key, *node, quoted(key) + " does not go with this service", std::string(why));
    }
}

void read_pool(const Node& node, Pool& pool, Report& report) {
    const ObjectReader object(node, schema::pool, report);
    object.read("connections", pool.connections);
    object.read("queue", pool.queue);
    object.read("queue_timeout", pool.queue_timeout);
}

// With a key, whoever is not in this process is told signed identities, unless the file says served: false.
bool signs_requests(const Reading& reading) { return !reading.configuration.gateway.assertion_key.empty(); }

const Node* read_long_form(const Node& node, Service& service, Reading& reading) {
    const ObjectReader object(node, schema::service, reading.report);
    if (const Node* at = object.find("at")) read_endpoints(*at, service, reading);
    if (const Node* pool = object.find("pool")) read_pool(*pool, service.pool, reading.report);
    object.read("workers", service.workers);
    object.read("queue", service.queue);
    object.read("served", service.is_served);
    object.choice("balance");
    if (service.at.empty()) return nullptr;
    // What only a plugin needs may stay when the service moves elsewhere: moving it back is then one word again.
    if (service.is_plugin()) {
        refuse(object, "pool", "a plugin is called without connections", reading.report);
        refuse(object, "served", "a plugin in this process needs no signature", reading.report);
        return object.find("config");
    }
    const Node* served = object.find("served");
    if (served == nullptr) {
        service.is_served = signs_requests(reading);
    } else if (service.is_served && !signs_requests(reading)) {
        reading.report.add(codes::unsigned_service, *served, "nothing signs the requests to this backend",
                           "it would answer 401 to all of them", "add assertion_key: file:PATH under gateway:");
    }
    return nullptr;
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
            service.is_served = !service.at.empty() && !service.is_plugin() && signs_requests(reading);
        }
        if (service.at.empty()) return;
        if (service.is_plugin()) {
            PluginConfig plugin = read_plugin_config(config, service.name, reading);
            service.plugin_config = std::move(plugin.json);
            service.shown_config = std::move(plugin.shown);
        }
        reading.configuration.services.emplace(service.name, std::move(service));
    });
}

}  // namespace gatehouse::config
