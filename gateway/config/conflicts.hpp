#pragma once

#include <cstddef>
#include <vector>

#include "gateway/config/model.hpp"

namespace gatehouse::config {

struct RouteConflict {
    std::size_t first = 0;
    std::size_t second = 0;
};

// Pairs of routes that match the same requests equally well, so that no rule could choose. Each later route is named
// once, with the earliest one that it ties with. REQUIRES: well-formed paths.
std::vector<RouteConflict> find_conflicts(const std::vector<Route>& routes);

struct RouteShadow {
    std::size_t route = 0;
    std::vector<std::size_t> by;  // together they take everything
};

// Routes that no request can reach, because more specific ones take all of theirs: "/a/**" beside "/a" and
// "/a/{x}/**". REQUIRES: well-formed paths, no conflicts.
std::vector<RouteShadow> find_shadowed(const std::vector<Route>& routes);

}  // namespace gatehouse::config
