#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/admin/admin_api.hpp"

// The admin pages' JSON.
namespace gatehouse::admin::status_json {

std::string index(std::span<const std::pair<std::string_view, std::string_view>> endpoints);
std::string readiness(const std::vector<std::string>& reasons, const std::vector<std::string>& degraded);
std::string routes(const std::vector<config::Route>& routes);
// Those in this process, and the children of `services`.
std::string plugins(const std::vector<host::PluginStatus>& plugins, const std::vector<ServiceStatus>& services);
std::string upstreams(const std::vector<UpstreamStatus>& upstreams);
std::string services(const std::vector<ServiceStatus>& services);
std::string reload(const ReloadReport& report);
std::string why_alive(const std::string& service, const std::vector<host::PluginStatus>& generations);
std::string plugin_reload(const PluginReport& report);

}  // namespace gatehouse::admin::status_json
