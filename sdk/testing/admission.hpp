// Which route, and may this caller? The rules that the gateway's host applies before a handler runs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/testing/state.hpp"

namespace gatehouse::testing {

struct Match {
    const RouteRow* route = nullptr;
    std::vector<Header> params;
};

// Most specific pattern first: literal, {x:int}, {x}, {x*}. Empty: no route for the path (404) or, with `allow` filled,
// none for the method (405).
[[nodiscard]] std::optional<Match> find_route(const std::vector<RouteRow>& routes, std::string_view method,
                                              std::string_view path, std::string& allow);

}  // namespace gatehouse::testing
