#pragma once

#include <algorithm>
#include <string_view>

namespace gatehouse::routing {

// "shop.example.com.:8080" -> shop.example.com; "[::1]:80" -> [::1]. A port never chooses a route.
constexpr std::string_view host_of(std::string_view authority) {
    if (authority.starts_with('[')) return authority.substr(0, std::min(authority.find(']'), authority.size() - 1) + 1);
    authority = authority.substr(0, authority.find(':'));
    if (authority.ends_with('.')) authority.remove_suffix(1);
    return authority;
}

}  // namespace gatehouse::routing
