#include <algorithm>

#include "gateway/config/object_reader.hpp"
#include "gateway/config/reading.hpp"

namespace gatehouse::config {

namespace {

void read_timeout(const ObjectReader& timeout, std::string_view name, std::optional<Placed<milliseconds>>& value) {
    const Node* node = timeout.find(name);
    if (node == nullptr) return;
    milliseconds read{-1};
    timeout.read(name, read);
    if (read.count() >= 0) value = Placed<milliseconds>{read, node};
}

void read_timeouts(const Node& node, PolicyLayer& layer, Report& report) {
    const ObjectReader timeout(node, schema::timeout, report);
    read_timeout(timeout, "total", layer.total);
    read_timeout(timeout, "connect", layer.connect);
    read_timeout(timeout, "idle", layer.idle);
}

void read_rate(const Node& node, PolicyLayer& layer, Report& report) {
    if (node.is_scalar() && node.text == "none") {
        layer.drops_rates = true;
        return;
    }
    if (node.is_scalar()) {
        report.add(codes::wrong_type, node, "rate has to be an object", "this is a single value",
                   "write { limit: " + node.text + " }");
        return;
    }
    const ObjectReader object(node, schema::rate, report);
    Rate rate;
    object.read("limit", rate);
    RateLimit limit;
    limit.limit = rate.limit;
    limit.period = rate.period;
    limit.policy = layer.name;
    object.read("burst", limit.burst);
    const std::string by = object.choice("by");
    limit.by = by == "user" ? RateLimit::By::user : by == "route" ? RateLimit::By::route : RateLimit::By::ip;
    object.choice("store");
    if (limit.limit > 0) layer.rate = Placed<RateLimit>{limit, &node};
}

void read_auth_choice(const Node& node, PolicyLayer& layer, Reading& reading) {
    AuthChoice choice;
    const Node* name = &node;
    if (node.is_map()) {
        const ObjectReader object(node, schema::auth_choice, reading.report);
        name = object.find("optional");
        if (name == nullptr) return;
        choice.is_optional = true;
    }
    if (!read_string(*name, "auth", reading.report, choice.name)) return;
    if (choice.name == "none" && !choice.is_optional) {
        choice.name.clear();
    } else if (!check_reference(*name, codes::unknown_authenticator, "authenticator", "auth",
                                reading.authenticator_names, reading)) {
        return;
    }
    layer.auth = Placed<AuthChoice>{std::move(choice), &node};
}

void read_require(const Node& node, PolicyLayer& layer, Report& report) {
    const ObjectReader object(node, schema::require, report);
    std::vector<std::string> roles;
    object.read("roles", roles);
    const Node* list = object.find("roles");
    if (list == nullptr) return;
    if (list->is_list() && list->items.empty()) {
        report.add(codes::wrong_type, *list, "roles needs at least one role", "this list is empty");
        return;
    }
    if (!roles.empty()) layer.roles = Placed<std::vector<std::string>>{std::move(roles), &node};
}

// As browsers write it: scheme and host in lower case, the port unless it is the scheme's own, nothing behind it.
bool is_origin(std::string_view text) {
    const std::size_t scheme = text.find("://");
    if (scheme == std::string_view::npos || scheme == 0) return false;
    const std::string_view authority = text.substr(scheme + 3);
    const auto is_meant = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               std::string_view("-.:[]+").find(c) != std::string_view::npos;
    };
    return !authority.empty() && std::ranges::all_of(text.substr(0, scheme), is_meant) &&
           std::ranges::all_of(authority, is_meant);
}

void read_cors(const Node& node, PolicyLayer& layer, Report& report) {
    const ObjectReader object(node, schema::cors, report);
    Cors cors;
    object.read("credentials", cors.credentials);
    object.read("max_age", cors.max_age);
    const Node* const list = object.find("origins");
    if (list == nullptr) return;
    const auto items = read_string_list(*list, "origins", report);
    for (const Node* item : items) {
        cors.origins.push_back(item->text);
        if (item->text == "*" && items.size() > 1) {
            report.add(codes::malformed, *item, "\"*\" is every origin already", {}, "leave it, or the others, out");
        } else if (item->text == "*" && cors.credentials) {
            report.add(codes::cors_for_all, *item, "every page of the web could act for whoever is logged in",
                       "credentials: true", "list the origins, or leave credentials out");
        } else if (item->text != "*" && !is_origin(item->text)) {
            report.add(codes::malformed, *item, quoted(item->text) + " is no origin", "a browser would never send this",
                       "write it as https://app.example.com or http://host:8081");
        }
    }
    layer.cors = std::move(cors);
}

}  // namespace

PolicyLayer read_policy_layer(const ObjectReader& object, const std::string& name, Reading& reading) {
    PolicyLayer layer;
    layer.name = name;
    if (const Node* node = object.find("timeout")) read_timeouts(*node, layer, reading.report);
    if (const Node* node = object.find("rate")) read_rate(*node, layer, reading.report);
    if (const Node* node = object.find("auth")) read_auth_choice(*node, layer, reading);
    if (const Node* node = object.find("require")) read_require(*node, layer, reading.report);
    if (const Node* node = object.find("cors")) read_cors(*node, layer, reading.report);
    if (object.find("body") != nullptr) {
        std::uint64_t body = UINT64_MAX;
        object.read("body", body);
        if (body != UINT64_MAX) layer.body = body;
    }
    return layer;
}

void read_policies(const Node& node, Reading& reading) {
    for_each_named(node, "policies", reading.report, [&reading](const Node& key, const Node& value) {
        reading.policy_names.emplace(key.text, key.position);
        if (!check_name(key, "a policy", reading.report)) return;
        const ObjectReader object(value, schema::policy, reading.report);
        reading.policies.emplace(key.text, read_policy_layer(object, key.text, reading));
    });
}

}  // namespace gatehouse::config
