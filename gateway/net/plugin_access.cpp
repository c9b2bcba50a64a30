#include "gateway/net/plugin_access.hpp"

#include <algorithm>

#include "gateway/pipeline/problem.hpp"

namespace gatehouse::net {

bool admit(pipeline::Exchange& exchange, const host::PluginRoute& route) {
    const pipeline::Identity& identity = exchange.identity;
    const bool is_service = identity.present && !identity.service.empty();
    if (route.is_internal()) {
        if (is_service) return true;
        pipeline::set_error(exchange, 404, "no_route", "Nothing is served at this path.");
        return false;
    }
    if (!identity.present && !route.allows_anonymous()) {
        pipeline::set_error(exchange, 401, "unauthenticated", "This resource needs a signed-in user.");
        exchange.reply.fields.emplace_back("www-authenticate", "Bearer");
        return false;
    }
    if (route.roles.empty()) return true;
    const bool has_role = std::any_of(route.roles.begin(), route.roles.end(), [&](const std::string& role) {
        return std::find(identity.roles.begin(), identity.roles.end(), role) != identity.roles.end();
    });
    if (!has_role) pipeline::set_error(exchange, 403, "forbidden", "This needs a role that the caller does not have.");
    return has_role;
}

}  // namespace gatehouse::net
