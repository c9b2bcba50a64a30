#include "plugins/auth/verify_handlers.hpp"

#include <gatehouse/problem.hpp>
#include <utility>

#include "plugins/auth/account.hpp"
#include "plugins/auth/caller.hpp"

namespace auth {

using gatehouse::Request;
using gatehouse::Response;

VerifyHandlers::VerifyHandlers(AccessCheck& access, const OriginCheck& origins, const KeyRing& keys,
                               std::string cookie_name, const Metrics& metrics, Clock clock)
    : access_(access),
      origins_(origins),
      keys_(keys),
      cookie_name_(std::move(cookie_name)),
      metrics_(metrics),
      clock_(std::move(clock)) {}

Response VerifyHandlers::verify(const Request& request) const {
    const PresentedToken presented = presented_token(request, cookie_name_);
    if (!presented.is_there) return refuse(request, kChallenge);
    const Access access = access_.check(presented.text, clock_.seconds());
    if (access.claims == nullptr) {
        metrics_.refusals.add(1, {access.revoked ? "revoked" : to_string(access.refusal)});
        return refuse(request, kInvalidToken);
    }
    if (presented.is_cookie && is_forged(request)) {
        metrics_.refusals.add(1, {"foreign_origin"});
        throw gatehouse::Forbidden(kForeignOrigin);
    }
    const Claims& claims = *access.claims;
    Response response(200);
    response.header("x-user-id", std::to_string(claims.user_id));
    response.header("x-user-name", claims.username);
    response.header("x-user-roles", join_roles(claims.roles));
    response.header("x-session-id", std::to_string(claims.session_id));
    // A gateway that remembers the answer must not do so for longer than a ban may take to work.
    response.header("cache-control", "private, max-age=1");
    return response;
}

Response VerifyHandlers::key_set() const {
    Response response(200);
    response.header("cache-control", "public, max-age=300");
    response.body(keys_.public_keys(clock_.seconds()), "application/jwk-set+json");
    return response;
}

bool VerifyHandlers::is_forged(const Request& request) const {
    const std::string_view method = request.header("x-forwarded-method").value_or(request.method());
    return !is_safe_method(method) && !origins_.passes(request);
}

// Made by hand rather than thrown: refusing must not cost more than letting in.
Response VerifyHandlers::refuse(const Request& request, const char* challenge) const {
    static const gatehouse::Unauthorized problem;
    Response response(401);
    response.header("www-authenticate", challenge);
    response.header("cache-control", "no-store");
    response.body(problem.to_json(request.id()), "application/problem+json");
    return response;
}

}  // namespace auth
