#include "gateway/config/database_url.hpp"

#include <algorithm>

namespace gatehouse::config {

std::string database_of_service(const std::string& location, const std::string& service) {
    if (location == "sqlite::memory:") return location;
    if (location.starts_with("sqlite:")) {
        return location + (location.ends_with('/') ? "" : "/") + service + ".db";
    }
    std::string schema = "schema=" + service;
    std::replace(schema.begin(), schema.end(), '-', '_');
    if (location.find('?') == std::string::npos) return location + "?" + schema;
    if (location.find("?schema=") != std::string::npos || location.find("&schema=") != std::string::npos)
        return location;
    const bool needs_ampersand = !location.ends_with('?') && !location.ends_with('&');
    return location + (needs_ampersand ? "&" : "") + schema;
}

std::string without_password(const std::string& url) {
    std::string result = url;
    const std::size_t scheme = result.find("://");
    if (scheme == std::string::npos) return result;
    const std::size_t begin = scheme + 3;
    const std::size_t end = std::min(result.find_first_of("/?#", begin), result.size());
    const std::size_t at = result.rfind('@', end);
    const std::size_t colon = result.find(':', begin);
    if (at != std::string::npos && at >= begin && colon < at) result.replace(colon + 1, at - colon - 1, "***");
    for (const std::string name : {"?password=", "&password=", "?sslpassword=", "&sslpassword="}) {
        const std::size_t found = result.find(name);
        if (found == std::string::npos) continue;
        const std::size_t value = found + name.size();
        result.replace(value, std::min(result.find('&', value), result.size()) - value, "***");
    }
    return result;
}

}  // namespace gatehouse::config
