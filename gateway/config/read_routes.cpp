#include <algorithm>

#include "gateway/base/ascii.hpp"
#include "gateway/config/addresses.hpp"
#include "gateway/config/object_reader.hpp"
#include "gateway/config/path_pattern.hpp"
#include "gateway/config/reading.hpp"

namespace gatehouse::config {

namespace {

constexpr std::string_view kTail = "/**";
constexpr std::string_view kDefaultPolicy = "default";

void lay_over(const PolicyLayer& layer, Effective& effective, RouteOrigin& origin) {
    if (layer.total) {
        effective.total_timeout = layer.total->value;
        origin.total = layer.total->at;
    }
    if (layer.connect) {
        effective.connect_timeout = layer.connect->value;
        origin.connect = layer.connect->at;
    }
    if (layer.idle) effective.idle_timeout = layer.idle->value;
    if (layer.drops_rates) {
        effective.rates.clear();
        origin.rate_by_user = nullptr;
    }
    if (layer.rate) {
        effective.rates.push_back(layer.rate->value);
        if (layer.rate->value.by == RateLimit::By::user) origin.rate_by_user = layer.rate->at;
    }
    if (layer.auth) {
        effective.authenticator = layer.auth->value.name;
        effective.auth_optional = layer.auth->value.is_optional;
    }
    if (layer.roles) {
        effective.require_roles = layer.roles->value;
        origin.roles = layer.roles->at;
    }
    if (layer.body) effective.max_body = *layer.body;
    if (layer.cors) effective.cors = *layer.cors;
}

class RouteReader final {
public:
    RouteReader(const Node& node, Reading& reading)
        : reading_(reading), report_(reading.report), object_(node, schema::route, reading.report) {
        route_.position = node.position;
        origin_.node = &node;
    }

    void read() {
        if (!object_.is_map()) return;
        const bool has_path = read_path();
        read_methods();
        read_host();
        read_target();
        read_rewrite();
        object_.read("allow_encoded_slash", route_.allow_encoded_slash);
        read_name();
        read_policies_in_force();
        if (!has_path) return;
        reading_.configuration.routes.push_back(std::move(route_));
        reading_.origins.push_back(origin_);
    }

private:
    bool read_path() {
        const Node* node = object_.find("path");
        if (node == nullptr || !read_string(*node, "path", report_, route_.path)) return false;
        origin_.path = node;
        const auto pattern = parse_path_pattern(route_.path);
        if (pattern) return true;
        const Code& code = pattern.error().is_not_supported ? codes::not_supported : codes::bad_path;
        report_.add(code, *node, pattern.error().message, {}, pattern.error().help);
        return false;
    }

    void read_methods() {
        const Node* node = object_.find("methods");
        if (node == nullptr) return;
        if (node->is_list() && node->items.empty()) {
            report_.add(codes::wrong_type, *node, "a route without any method", "this list is empty",
                        "leave methods out for all");
        }
        for (const Node* item : read_string_list(*node, "methods", report_)) read_method(*item);
    }

    void read_method(const Node& node) {
        const std::string& method = node.text;
        const bool is_token =
            !method.empty() && method.size() <= 32 && std::all_of(method.begin(), method.end(), [](char c) {
                return (c >= 'A' && c <= 'Z') || ascii::is_digit(c) || c == '-' || c == '_';
            });
        if (!is_token) {
            std::string upper = method;
            std::transform(upper.begin(), upper.end(), upper.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
            report_.add(codes::bad_method, node, quoted(method) + " is not a method", "methods are written in capitals",
                        upper == method ? "" : "write " + upper);
            return;
        }
        if (std::find(route_.methods.begin(), route_.methods.end(), method) != route_.methods.end()) {
            report_.add(codes::bad_method, node, quoted(method) + " is here twice");
            return;
        }
        route_.methods.push_back(method);
    }

    void read_host() {
        const Node* node = object_.find("host");
        std::string host;
        if (node == nullptr || !read_string(*node, "host", report_, host)) return;
        const std::string_view name =
            host.starts_with("*.") ? std::string_view(host).substr(2) : std::string_view(host);
        if (is_host_name(name)) {
            route_.host = ascii::lower(host);
            return;
        }
        const bool has_port = host.find(':') != std::string::npos;
        report_.add(codes::bad_host, *node, quoted(host) + " is not a host",
                    has_port ? "a host is matched without its port" : "", "write it like example.com or *.example.com");
    }

    void read_target() {
        const Node* to = object_.find("to");
        const Node* redirect = object_.find("redirect");
        if (to != nullptr && read_string(*to, "to", report_, route_.to)) {
            check_reference(*to, codes::unknown_service, "service", "services", reading_.service_names, reading_);
        }
        if (redirect != nullptr) read_redirect(*redirect);
        if (to != nullptr && redirect != nullptr) {
            report_.add(codes::route_target, *redirect, "a route either asks a service or redirects",
                        "to: is in line " + std::to_string(to->position.line));
        } else if (to == nullptr && redirect == nullptr) {
            report_.add(codes::route_target, object_.node(), "this route leads nowhere", {},
                        "add to: with the name of a service");
        }
    }

    void read_redirect(const Node& node) {
        const ObjectReader object(node, schema::redirect, report_);
        Redirect redirect;
        std::uint32_t status = 308;
        object.read("to", redirect.to);
        object.read("status", status);
        redirect.status = static_cast<int>(status);
        if (status != 301 && status != 302 && status != 303 && status != 307 && status != 308) {
            report_.add(codes::not_a_choice, *object.find("status"), std::to_string(status) + " is not a redirect", {},
                        "write 308 (permanent) or 307 (temporary)");
        }
        const Node* to = object.find("to");
        if (to != nullptr && !redirect.to.empty()) check_redirect_target(*to);
        route_.redirect = std::move(redirect);
    }

    void check_redirect_target(const Node& node) {
        const std::string& to = node.text;
        const bool is_path = to.starts_with('/') && !to.starts_with("//");
        const std::size_t scheme = to.starts_with("https://") ? 8 : to.starts_with("http://") ? 7 : 0;
        const bool is_url = scheme > 0 && to.size() > scheme && to[scheme] != '/' && to[scheme] != '*';
        const bool has_odd =
            std::any_of(to.begin(), to.end(), [](char c) { return c <= 0x20 || c == 0x7F || c == '\\' || c == '{'; });
        if ((!is_path && !is_url) || has_odd) {
            report_.add(codes::rewrite_mismatch, node, quoted(to) + " is not a place to redirect to", {},
                        "write a path like /new/** or an http(s) URL");
        } else {
            check_tail(node, "redirect");
        }
    }

    void read_rewrite() {
        const Node* node = object_.find("rewrite");
        if (node == nullptr || !read_string(*node, "rewrite", report_, route_.rewrite)) return;
        const Node* redirect = object_.find("redirect");
        if (redirect != nullptr) {
            report_.add(codes::excluded_key, *node, "rewrite does not go with redirect",
                        "nothing is sent to a service");
        }
        const auto pattern = parse_path_pattern(route_.rewrite);
        if (!pattern) {
            report_.add(codes::rewrite_mismatch, *node, pattern.error().message, {}, pattern.error().help);
        } else if (route_.rewrite.find('{') != std::string::npos) {
            report_.add(codes::not_supported, *node, "parameters in rewrite are not supported yet", {},
                        "use /** for the rest of the path");
        } else {
            check_tail(*node, "rewrite");
        }
    }

    void check_tail(const Node& node, std::string_view what) {
        const bool is_well_placed = node.text.find('*') == std::string::npos ||
                                    (node.text.ends_with(kTail) && node.text.find('*') == node.text.size() - 2);
        if (!is_well_placed) {
            report_.add(codes::rewrite_mismatch, node, "* stands only at the end, as /**");
        } else if (origin_.path != nullptr && node.text.ends_with(kTail) && !route_.path.ends_with(kTail)) {
            report_.add(codes::rewrite_mismatch, node, std::string(what) + " ends in /**, but the path does not",
                        "there is no rest to put there",
                        "write path: " + route_.path + (route_.path.ends_with('/') ? "**" : "/**"));
        }
    }

    void read_name() {
        object_.read("name", route_.name);
        if (!route_.name.empty()) return;
        for (const std::string& method : route_.methods) route_.name += (route_.name.empty() ? "" : ",") + method;
        route_.name += (route_.name.empty() ? "" : " ") + route_.host + route_.path;
    }

    void read_policies_in_force() {
        use_policy(std::string(kDefaultPolicy));
        if (const Node* use = object_.find("use")) read_use(*use);
        lay_over(read_policy_layer(object_, route_.name, reading_), route_.effective, origin_);
    }

    void read_use(const Node& node) {
        std::vector<const Node*> names;
        std::string ignored;
        if (node.is_list()) {
            names = read_string_list(node, "use", report_);
        } else if (read_string(node, "use", report_, ignored)) {
            names.push_back(&node);
        }
        for (const Node* name : names) {
            if (!check_reference(*name, codes::unknown_policy, "policy", "policies", reading_.policy_names, reading_))
                continue;
            if (std::find(route_.use.begin(), route_.use.end(), name->text) == route_.use.end()) use_policy(name->text);
        }
    }

    void use_policy(const std::string& name) {
        const auto found = reading_.policies.find(name);
        if (found == reading_.policies.end()) return;
        lay_over(found->second, route_.effective, origin_);
        route_.use.push_back(name);
    }

    Reading& reading_;
    Report& report_;
    ObjectReader object_;
    Route route_;
    RouteOrigin origin_;
};

}  // namespace

void read_routes(const Node& node, Reading& reading) {
    if (!node.is_list()) {
        reading.report.add(codes::wrong_type, node, "routes has to be a list",
                           "this is " + std::string(kind_name(node)), "begin each route with: - { path: … }");
        return;
    }
    for (const Node& item : node.items) RouteReader(item, reading).read();
}

}  // namespace gatehouse::config
