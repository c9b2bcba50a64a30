#include "gateway/config/conflicts.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "gateway/config/path_pattern.hpp"

namespace gatehouse::config {

namespace {

// Routes of one host and one shape: only their methods can tell them apart.
using Groups = std::map<std::string, std::vector<std::size_t>, std::less<>>;

std::string group_key(const std::string& host, const std::string& shape) { return host + " " + shape; }

Groups group(const std::vector<Route>& routes) {
    Groups groups;
    for (std::size_t i = 0; i < routes.size(); ++i) {
        const auto pattern = parse_path_pattern(routes[i].path);
        if (pattern) groups[group_key(routes[i].host, pattern->shape())].push_back(i);
    }
    return groups;
}

// A route for all methods yields to one that names the method; two that name it tie.
bool tie(const Route& left, const Route& right) {
    if (left.methods.empty() || right.methods.empty()) return left.methods.empty() && right.methods.empty();
    return std::any_of(left.methods.begin(), left.methods.end(), [&](const std::string& method) {
        return std::find(right.methods.begin(), right.methods.end(), method) != right.methods.end();
    });
}

bool serves(const Route& route, const std::string& method) {
    if (route.methods.empty()) return true;
    if (method.empty()) return false;
    const auto has = [&route](std::string_view name) {
        return std::find(route.methods.begin(), route.methods.end(), name) != route.methods.end();
    };
    return has(method) || (method == "HEAD" && has("GET"));
}

class Cover final {
public:
    Cover(const std::vector<Route>& routes, const Groups& groups) : routes_(routes), groups_(groups) {}

    // Whether more specific routes take all of prefix/** for that method (empty: any method there may be).
    bool takes_tail(const std::string& host, const std::string& prefix, const std::string& method, int depth) {
        constexpr int kMaxDepth = 8;
        if (depth > kMaxDepth || !takes(host, prefix.empty() ? "/" : prefix, method)) return false;
        const std::string below = prefix + "/{}";
        return takes(host, below + "/**", method) || takes_tail(host, below, method, depth + 1);
    }

    std::vector<std::size_t> used;

private:
    bool takes(const std::string& host, const std::string& shape, const std::string& method) {
        const auto found = groups_.find(group_key(host, shape));
        if (found == groups_.end()) return false;
        for (const std::size_t index : found->second) {
            if (!serves(routes_[index], method)) continue;
            used.push_back(index);
            return true;
        }
        return false;
    }

    const std::vector<Route>& routes_;
    const Groups& groups_;
};

}  // namespace

std::vector<RouteConflict> find_conflicts(const std::vector<Route>& routes) {
    std::vector<RouteConflict> conflicts;
    for (const auto& [key, members] : group(routes)) {
        for (std::size_t second = 1; second < members.size(); ++second) {
            for (std::size_t first = 0; first < second; ++first) {
                if (!tie(routes[members[first]], routes[members[second]])) continue;
                conflicts.push_back({members[first], members[second]});
                break;
            }
        }
    }
    return conflicts;
}

std::vector<RouteShadow> find_shadowed(const std::vector<Route>& routes) {
    const Groups groups = group(routes);
    std::vector<RouteShadow> shadows;
    for (std::size_t i = 0; i < routes.size(); ++i) {
        const auto pattern = parse_path_pattern(routes[i].path);
        if (!pattern || !pattern->has_tail) continue;
        std::string prefix = pattern->shape();
        prefix.resize(prefix.size() - 3);
        Cover cover(routes, groups);
        std::vector<std::string> methods = routes[i].methods;
        if (methods.empty()) methods.emplace_back();
        const bool is_covered = std::all_of(methods.begin(), methods.end(), [&](const std::string& method) {
            return cover.takes_tail(routes[i].host, prefix, method, 0);
        });
        if (!is_covered) continue;
        std::sort(cover.used.begin(), cover.used.end());
        cover.used.erase(std::unique(cover.used.begin(), cover.used.end()), cover.used.end());
        shadows.push_back({i, std::move(cover.used)});
    }
    return shadows;
}

}  // namespace gatehouse::config
