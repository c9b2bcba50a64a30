#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/routing/route_table.hpp"

namespace gatehouse::routing {

// Why a route was not chosen although it is for the same path, or what keeps it from matching.
struct Loser {
    const config::Route* route = nullptr;
    std::string reason;
};

// What `gatehouse explain` says about one request. Lives as long as the table.
struct Explanation {
    Match match;
    std::vector<Loser> losers;  // routes for this path, in file order
};

// path: normalised.
Explanation explain(const RouteTable& table, std::string_view method, std::string_view authority,
                    std::string_view path);

}  // namespace gatehouse::routing
