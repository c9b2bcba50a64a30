#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/config/model.hpp"

namespace gatehouse::routing {

enum class MatchResult : std::uint8_t { found, no_route, method_not_allowed };

struct Match {
    MatchResult result = MatchResult::no_route;
    const config::Route* route = nullptr;  // with found; lives as long as the table
    std::uint32_t index = 0;               // of the route: key into arrays that run beside the table
    std::string_view rest;                 // what "/**" matched, without the leading slash; for rewrite and redirect
};

// Finds the most specific route; immutable, shared by all loops. Specificity: host > exact path > longest literal
// prefix > typed parameter > parameter > "/**" > methods named. A path matches with and without a trailing slash. HEAD
// is served by routes for GET. No allocation in find().
class RouteTable final {
public:
    // REQUIRES: routes without conflicts (config::load has checked that with find_conflicts()).
    explicit RouteTable(std::vector<config::Route> routes);
    ~RouteTable();
    RouteTable(const RouteTable&) = delete;
    RouteTable& operator=(const RouteTable&) = delete;

    // path: normalised; authority: lower-case, a port is ignored.
    Match find(std::string_view method, std::string_view authority, std::string_view path) const;
    // "GET, HEAD, POST": what Allow says after method_not_allowed.
    std::string allowed_methods(std::string_view authority, std::string_view path) const;

    const std::vector<config::Route>& routes() const { return routes_; }

private:
    struct Index;
    std::vector<config::Route> routes_;
    std::unique_ptr<Index> index_;
};

}  // namespace gatehouse::routing
