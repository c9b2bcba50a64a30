#include "gateway/routing/explain.hpp"

#include <algorithm>

#include "gateway/config/path_pattern.hpp"
#include "gateway/routing/host_name.hpp"

namespace gatehouse::routing {

namespace {

bool host_matches(const std::string& wanted, std::string_view host) {
    if (wanted.empty()) return true;
    if (!wanted.starts_with("*.")) return host == wanted;
    return host.size() > wanted.size() - 1 && host.ends_with(std::string_view(wanted).substr(1));
}

bool names(const config::Route& route, std::string_view method) {
    return std::find(route.methods.begin(), route.methods.end(), method) != route.methods.end();
}

bool method_matches(const config::Route& route, std::string_view method) {
    return route.methods.empty() || names(route, method) || (method == "HEAD" && names(route, "GET"));
}

std::string join(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

// Both match the request; says which of the rules decided.
std::string why_less_specific(const config::Route& loser, const config::Route& winner) {
    if (loser.host != winner.host) {
        return loser.host.empty() ? "the winner names the host, this one does not"
                                  : "the winner's host is more specific";
    }
    const auto left = config::parse_path_pattern(loser.path);
    const auto right = config::parse_path_pattern(winner.path);
    if (left && right && left->shape() != right->shape()) {
        return "its path is less specific than " + winner.path;
    }
    return loser.methods.empty() ? "the winner names the method, this one takes all"
                                 : "the winner names HEAD, this one serves it as GET";
}

}  // namespace

Explanation explain(const RouteTable& table, std::string_view method, std::string_view authority,
                    std::string_view path) {
    Explanation explanation;
    explanation.match = table.find(method, authority, path);
    const std::string_view host = host_of(authority);
    for (const config::Route& route : table.routes()) {
        if (&route == explanation.match.route) continue;
        const auto pattern = config::parse_path_pattern(route.path);
        if (!pattern || !config::matches(*pattern, path)) continue;
        if (!host_matches(route.host, host)) {
            explanation.losers.push_back({&route, "it is for the host " + route.host});
        } else if (!method_matches(route, method)) {
            explanation.losers.push_back({&route, "it is for " + join(route.methods)});
        } else if (explanation.match.route != nullptr) {
            explanation.losers.push_back({&route, why_less_specific(route, *explanation.match.route)});
        }
    }
    return explanation;
}

}  // namespace gatehouse::routing
