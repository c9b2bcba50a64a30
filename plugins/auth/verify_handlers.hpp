// Forward authentication: may this request pass, and whose is it? Runs on the event loop for every request of the
// gateway.
#pragma once

#include <gatehouse/patch.hpp>
#include <gatehouse/request.hpp>
#include <gatehouse/response.hpp>
#include <string>
#include <vector>

#include "plugins/auth/access_check.hpp"
#include "plugins/auth/clock.hpp"
#include "plugins/auth/metrics.hpp"
#include "plugins/auth/origin_check.hpp"

namespace auth {

// For the document: a JWK Set (RFC 7517).
struct PublicKey {
    std::string kty, kid, alg, use, crv, x;
    gatehouse::Patch<std::string> y;  // of EC keys
};
constexpr auto describe(PublicKey*) {
    using gatehouse::field;
    using K = PublicKey;
    return gatehouse::fields(field("kty", &K::kty), field("kid", &K::kid), field("alg", &K::alg), field("use", &K::use),
                             field("crv", &K::crv), field("x", &K::x), field("y", &K::y));
}
struct KeySetAnswer {
    std::vector<PublicKey> keys;
};
constexpr auto describe(KeySetAnswer*) { return gatehouse::fields(gatehouse::field("keys", &KeySetAnswer::keys)); }

class VerifyHandlers final {
public:
    VerifyHandlers(AccessCheck& access, const OriginCheck& origins, const KeyRing& keys, std::string cookie_name,
                   const Metrics& metrics, Clock clock);

    // 200 with the identity in header fields, or 401; the same 401 for whatever is wrong with a token. 403 for a cookie
    // with a request that changes something (X-Forwarded-Method) and was made by another site's page.
    [[nodiscard]] gatehouse::Response verify(const gatehouse::Request& request) const;
    // The public keys (RFC 7517).
    [[nodiscard]] gatehouse::Response key_set() const;

private:
    [[nodiscard]] gatehouse::Response refuse(const gatehouse::Request& request, const char* challenge) const;
    [[nodiscard]] bool is_forged(const gatehouse::Request& request) const;

    AccessCheck& access_;
    const OriginCheck& origins_;
    const KeyRing& keys_;
    const std::string cookie_name_;
    const Metrics& metrics_;
    const Clock clock_;
};

}  // namespace auth
