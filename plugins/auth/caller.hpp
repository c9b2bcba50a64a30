// Who is asking. Usually the gateway has found out by asking /api/auth/verify; on a route without that, this service,
// the only one that may read tokens, looks at the token itself.
#pragma once

#include <cstdint>
#include <gatehouse/request.hpp>
#include <string>

#include "plugins/auth/access_check.hpp"
#include "plugins/auth/clock.hpp"
#include "plugins/auth/origin_check.hpp"
#include "plugins/auth/session_service.hpp"

namespace auth {

struct Caller {
    std::int64_t user_id = 0;
    std::int64_t session_id = 0;  // 0 = unknown: a call by another service on the user's behalf
};

// What a request presents: the only Authorization field, of the form "Bearer <token>", or without any the session
// cookie. Credentials of another scheme are none (RFC 6750, 3.1), and no cookie makes up for them.
struct PresentedToken {
    std::string_view text;
    bool is_there = false;   // something was presented, although text may be empty: "Bearer" and no token
    bool is_cookie = false;  // a browser may have added it without its user's knowledge: see origin_check.hpp
};
[[nodiscard]] PresentedToken presented_token(const gatehouse::Request& request, std::string_view cookie_name);

// The WWW-Authenticate field for a request without credentials, and for one whose token is no good (RFC 6750, 3).
inline constexpr char kChallenge[] = "Bearer";
inline constexpr char kInvalidToken[] = "Bearer error=\"invalid_token\"";

inline constexpr char kForeignOrigin[] =
    "With a cookie, Sec-Fetch-Site or Origin has to say that the request comes from a page of this site.";

// Thread-safe. REQUIRES: access and origins outlive this.
class Callers final {
public:
    Callers(AccessCheck& access, const OriginCheck& origins, std::string cookie_name, Clock clock);

    // Throws Unauthorized, and Forbidden for what another site's page does with a cookie.
    [[nodiscard]] Caller require(const gatehouse::Request& request) const;
    // Presents nothing, or a cookie that is no good any more; Forbidden for what another site's page does with one.
    [[nodiscard]] bool has_ended(const gatehouse::Request& request) const;

private:
    AccessCheck& access_;
    const OriginCheck& origins_;
    const std::string cookie_name_;
    const Clock clock_;
};

[[nodiscard]] Client client_of(const gatehouse::Request& request);

}  // namespace auth
