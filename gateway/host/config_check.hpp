#pragma once

#include <string>
#include <string_view>

namespace gatehouse::host {

// Checks a service's configuration against the JSON Schema that its plugin exports. Empty if it fits or there is no
// schema; else every flaw with its place: "/page_size: …".
std::string check_config(std::string_view config_json, std::string_view schema);

}  // namespace gatehouse::host
