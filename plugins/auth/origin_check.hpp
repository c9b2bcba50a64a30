// Cross-site request forgery: a browser adds cookies to requests that another site's page has made. So what changes
// something and is authenticated by a cookie must show that it comes from our own pages.
#pragma once

#include <gatehouse/request.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace auth {

// GET, HEAD, OPTIONS and TRACE change nothing (RFC 9110, 9.2.1). In capitals, as in a request line.
[[nodiscard]] bool is_safe_method(std::string_view method);

// "https://shop.example.com:8443": scheme, host, a port if it is not the scheme's own; lower-case, nothing after it.
[[nodiscard]] bool is_origin(std::string_view text);

// Immutable; thread-safe.
class OriginCheck final {
public:
    // also: origins of further pages that may act for their users.
    explicit OriginCheck(std::vector<std::string> also);

    // The browser says that its page is of this host (Sec-Fetch-Site: same-origin, or an Origin with the host that was
    // asked, by https unless the request came without) or one of the others. Says nothing = does not pass.
    [[nodiscard]] bool passes(const gatehouse::Request& request) const;
    // The browser says that its page is from elsewhere. Programs that are no browsers say nothing.
    [[nodiscard]] bool is_foreign(const gatehouse::Request& request) const;

private:
    [[nodiscard]] bool is_own(const gatehouse::Request& request, std::string_view origin) const;

    const std::vector<std::string> also_;
};

}  // namespace auth
