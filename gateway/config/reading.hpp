#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gateway/config/model.hpp"
#include "gateway/config/report.hpp"
#include "gateway/config/schema.hpp"
#include "gateway/config/yaml_node.hpp"

// What the readers of the file's parts share. Private to this folder.
namespace gatehouse::config {

// A value together with where it was written, for findings that come up later.
template <class T>
struct Placed {
    T value{};
    const Node* at = nullptr;
};

struct AuthChoice {
    std::string name;  // empty = none
    bool is_optional = false;
};

// One policy, or the policy keys of one route: what is absent leaves the layers below alone.
struct PolicyLayer {
    std::string name;
    std::optional<Placed<milliseconds>> total;
    std::optional<Placed<milliseconds>> connect;
    std::optional<Placed<milliseconds>> idle;
    std::optional<Placed<RateLimit>> rate;
    bool drops_rates = false;  // rate: none
    std::optional<Placed<AuthChoice>> auth;
    std::optional<Placed<std::vector<std::string>>> roles;
    std::optional<std::uint64_t> body;
    std::optional<Cors> cors;
};

// Where the values of a route come from; null = the default.
struct RouteOrigin {
    const Node* node = nullptr;
    const Node* path = nullptr;
    const Node* total = nullptr;
    const Node* connect = nullptr;
    const Node* rate_by_user = nullptr;
    const Node* roles = nullptr;
};

struct Reading {
    Configuration& configuration;
    Report& report;
    std::string base_directory;

    // Every name that is defined, even badly: a reference to it is no second mistake.
    std::map<std::string, Position> service_names;
    std::map<std::string, Position> authenticator_names;
    std::map<std::string, PolicyLayer> policies;
    std::map<std::string, Position> policy_names;
    std::vector<RouteOrigin> origins;  // beside configuration.routes
};

void read_gateway(const Node* node, Reading& reading);  // null = absent
void read_events(const Node& node, Reading& reading);
void read_kv(const Node& node, Reading& reading);
void read_http_client(const Node& node, Reading& reading);
void read_trace(const Node& node, Reading& reading);
void read_services(const Node& node, Reading& reading);
void read_authenticators(const Node& node, Reading& reading);
void read_policies(const Node& node, Reading& reading);
void read_routes(const Node& node, Reading& reading);
// What can be said only about the whole.
void check_configuration(Reading& reading);

// The policy keys of a policy or a route.
PolicyLayer read_policy_layer(const class ObjectReader& object, const std::string& name, Reading& reading);

// The JSON text of a plugin's configuration.
struct PluginConfig {
    std::string json;
    std::string shown;
};
PluginConfig read_plugin_config(const Node* node, const std::string& service, Reading& reading);

// Calls visit(key, value) for each well-named entry of a map whose keys are names of the user's choice.
template <class Visit>
void for_each_named(const Node& node, std::string_view title, Report& report, Visit visit) {
    if (!node.is_map()) {
        report.add(codes::wrong_type, node, std::string(title) + " has to be an object: a name, a colon and a value",
                   "this is " + std::string(kind_name(node)));
        return;
    }
    for (const Node::Entry& entry : node.entries) visit(entry.key, entry.value);
}

// Letters, digits, '-', '_' and '.', beginning with a letter; not "none".
bool check_name(const Node& key, std::string_view what, Report& report);

// Finds a name among the defined ones or reports it with a suggestion. section: "services".
bool check_reference(const Node& at, const Code& code, std::string_view what, std::string_view section,
                     const std::map<std::string, Position>& defined, Reading& reading);

// A request field name in lower case, or empty and reported.
std::string read_field_name(const Node& node, Report& report);

}  // namespace gatehouse::config
