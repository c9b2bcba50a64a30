#pragma once

#include "gateway/host/plugin_route.hpp"
#include "gateway/pipeline/exchange.hpp"

namespace gatehouse::net {

// Whether the caller may reach that route of a plugin: internal routes are for services only, the others ask for an
// identity and a role as they were registered. False: exchange.reply says why.
bool admit(pipeline::Exchange& exchange, const host::PluginRoute& route);

}  // namespace gatehouse::net
