#include <algorithm>

#include "gateway/config/conflicts.hpp"
#include "gateway/config/path_pattern.hpp"
#include "gateway/config/reading.hpp"

// What can be said only when everything has been read.
namespace gatehouse::config {

namespace {

std::string in_line(const Position& position) { return "line " + std::to_string(position.line); }

void check_timeouts(const Route& route, const RouteOrigin& origin, Report& report) {
    const Effective& effective = route.effective;
    if (effective.total_timeout.count() == 0 || effective.connect_timeout <= effective.total_timeout) return;
    const Node* at = origin.connect != nullptr ? origin.connect : origin.total;
    report.add(codes::connect_exceeds_total, *at, "connecting may take longer than the whole request",
               "connect is " + std::to_string(effective.connect_timeout.count()) + "ms, total is " +
                   std::to_string(effective.total_timeout.count()) + "ms");
}

void check_needs_user(const Route& route, const RouteOrigin& origin, Report& report) {
    const Effective& effective = route.effective;
    const std::string where = "the route in " + in_line(route.position) + " ";
    if (effective.authenticator.empty() && origin.rate_by_user != nullptr) {
        report.add(codes::needs_user, *origin.rate_by_user, "a rate by user needs to know the user",
                   where + "does not authenticate", "add auth: with an authenticator, or write by: ip");
    }
    if (effective.require_roles.empty() || (!effective.authenticator.empty() && !effective.auth_optional)) return;
    report.add(codes::needs_user, *origin.roles, "roles are required of a caller whom nobody knows",
               where + (effective.auth_optional ? "authenticates only who wants to" : "does not authenticate"),
               "add auth: with an authenticator");
}

// The client's way to the verifier must not need what the verifier alone can give.
void check_auth_loop(const Authenticator& authenticator, const Reading& reading) {
    const std::vector<Route>& routes = reading.configuration.routes;
    const Route* winner = nullptr;
    std::optional<PathPattern> best;
    std::size_t index = 0;
    for (std::size_t i = 0; i < routes.size(); ++i) {
        const Route& route = routes[i];
        const bool serves_get = route.methods.empty() ||
                                std::find(route.methods.begin(), route.methods.end(), "GET") != route.methods.end();
        const auto pattern = parse_path_pattern(route.path);
        if (!serves_get || !pattern || !matches(*pattern, authenticator.forward.path)) continue;
        if (best && !is_more_specific(*pattern, *best)) continue;
        winner = &route;
        best = *pattern;
        index = i;
    }
    if (winner == nullptr || winner->to != authenticator.forward.to) return;
    if (winner->effective.authenticator != authenticator.name || winner->effective.auth_optional) return;
    reading.report.add(
        codes::auth_loop, *reading.origins[index].path,
        "the verifier of " + quoted(authenticator.name) + " needs " + quoted(authenticator.name) + " itself",
        "this route leads to " + authenticator.forward.path, "write auth: none, or use a policy that does");
}

void check_conflicts(const Reading& reading) {
    const std::vector<Route>& routes = reading.configuration.routes;
    const std::vector<RouteConflict> conflicts = find_conflicts(routes);
    for (const RouteConflict& conflict : conflicts) {
        const Route& first = routes[conflict.first];
        const Route& second = routes[conflict.second];
        const std::string spelled = first.path == second.path ? "" : " (" + first.path + ")";
        reading.report.add(
            codes::route_conflict, *reading.origins[conflict.second].path,
            "two routes match the same requests: " + in_line(first.position) + " and " + in_line(second.position),
            "the other one is in " + in_line(first.position) + spelled,
            "give them different methods: or host:, or remove one");
    }
    if (!conflicts.empty()) return;
    for (const RouteShadow& shadow : find_shadowed(routes)) {
        std::string lines;
        for (const std::size_t by : shadow.by) {
            lines += (lines.empty() ? "" : " and ") + std::to_string(routes[by].position.line);
        }
        reading.report.add(codes::route_shadowed, *reading.origins[shadow.route].path,
                           "no request can reach this route", "more specific ones take them all: lines " + lines,
                           "remove it, or name the methods it is for");
    }
}

}  // namespace

void check_configuration(Reading& reading) {
    const Configuration& configuration = reading.configuration;
    for (std::size_t i = 0; i < configuration.routes.size(); ++i) {
        check_timeouts(configuration.routes[i], reading.origins[i], reading.report);
        check_needs_user(configuration.routes[i], reading.origins[i], reading.report);
    }
    for (const auto& [name, authenticator] : configuration.authenticators) check_auth_loop(authenticator, reading);
    check_conflicts(reading);
}

}  // namespace gatehouse::config
