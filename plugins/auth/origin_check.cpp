#include "plugins/auth/origin_check.hpp"

#include <algorithm>
#include <utility>

#include "plugins/auth/account.hpp"

namespace auth {
namespace {

constexpr std::string_view kHttps = "https://", kHttp = "http://";

// The authority without the port that the scheme has anyway.
std::string_view without_default_port(std::string_view authority, bool is_https) {
    const std::string_view port = is_https ? ":443" : ":80";
    if (authority.ends_with(port)) authority.remove_suffix(port.size());
    return authority;
}

bool is_host(std::string_view authority, std::string_view asked, bool is_https) {
    return !asked.empty() && authority == without_default_port(fold_case(asked), is_https);
}

}  // namespace

bool is_safe_method(std::string_view method) {
    return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE";
}

bool is_origin(std::string_view text) {
    const std::string_view scheme = text.starts_with(kHttps) ? kHttps : kHttp;
    if (!text.starts_with(scheme)) return false;
    const std::string_view authority = text.substr(scheme.size());
    return !authority.empty() && authority.size() <= 300 &&
           authority == without_default_port(authority, scheme == kHttps) &&
           std::all_of(authority.begin(), authority.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':' ||
                      c == '[' || c == ']';
           });
}

OriginCheck::OriginCheck(std::vector<std::string> also) : also_(std::move(also)) {}

bool OriginCheck::passes(const gatehouse::Request& request) const {
    const auto sites = request.header_values("sec-fetch-site"), origins = request.header_values("origin");
    if (sites.size() == 1 && sites.front() == "same-origin") return true;
    return origins.size() == 1 && is_own(request, origins.front());
}

bool OriginCheck::is_foreign(const gatehouse::Request& request) const {
    return (request.header("sec-fetch-site") || request.header("origin")) && !passes(request);
}

// Of the scheme the gateway knows only "https" for certain: who ends TLS in front of it may not have said so.
bool OriginCheck::is_own(const gatehouse::Request& request, std::string_view origin) const {
    if (!is_origin(origin)) return false;
    if (std::find(also_.begin(), also_.end(), origin) != also_.end()) return true;
    const bool is_https = origin.starts_with(kHttps);
    if (!is_https && (request.is_tls() || request.header("x-forwarded-proto") == "https")) return false;
    const std::string_view authority = origin.substr(is_https ? kHttps.size() : kHttp.size());
    return is_host(authority, request.host(), is_https) ||
           is_host(authority, request.header("x-forwarded-host").value_or(""), is_https);
}

}  // namespace auth
