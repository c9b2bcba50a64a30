// Decides whether an access token lets its bearer in. Pure CPU: runs on event loops.
#pragma once

#include <chrono>
#include <memory>
#include <string_view>

#include "plugins/auth/jwt.hpp"
#include "plugins/auth/revocations.hpp"
#include "plugins/auth/verified_tokens.hpp"

namespace auth {

struct Access {
    std::shared_ptr<const Claims> claims;  // null when refused
    Refusal refusal = Refusal::none;
    bool revoked = false;
};

// Thread-safe. REQUIRES: tokens, keys and revocations outlive this.
class AccessCheck final {
public:
    AccessCheck(const Tokens& tokens, const Revocations& revocations) : tokens_(tokens), revocations_(revocations) {}

    [[nodiscard]] Access check(std::string_view token, Seconds now);

private:
    // A good signature is believed for this long, so that a key that retires stops working.
    static constexpr std::chrono::seconds kTrustedFor{30};

    static bool still_good(const VerifiedToken& verified, Seconds now);

    const Tokens& tokens_;
    const Revocations& revocations_;
    VerifiedTokens verified_;
};

}  // namespace auth
