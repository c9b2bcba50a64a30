// Forward authentication: may this request pass, and whose is it? Runs on the event loop for every request of the
// gateway.
#pragma once

#include <gatehouse/request.hpp>
#include <gatehouse/response.hpp>
#include <string>

#include "plugins/auth/access_check.hpp"
#include "plugins/auth/clock.hpp"
#include "plugins/auth/metrics.hpp"

namespace auth {

class VerifyHandlers final {
public:
    VerifyHandlers(AccessCheck& access, const KeyRing& keys, std::string cookie_name, const Metrics& metrics,
                   Clock clock);

    // 200 with the identity in header fields, or 401; the same 401 for whatever is wrong with a token.
    [[nodiscard]] gatehouse::Response verify(const gatehouse::Request& request) const;
    // The public keys (RFC 7517).
    [[nodiscard]] gatehouse::Response key_set() const;

private:
    [[nodiscard]] gatehouse::Response refuse(const gatehouse::Request& request, const char* challenge) const;

    AccessCheck& access_;
    const KeyRing& keys_;
    const std::string cookie_name_;
    const Metrics& metrics_;
    const Clock clock_;
};

}  // namespace auth
