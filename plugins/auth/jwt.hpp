// Access tokens: signed JWTs (RFC 7519) of the type at+jwt (RFC 9068), checked after RFC 8725.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/auth/key_ring.hpp"

namespace auth {

struct Claims {
    std::int64_t user_id = 0;
    std::string username;
    std::vector<std::string> roles;
    std::int64_t session_id = 0;
    // The user's token version when this was issued; see Revocations.
    std::int64_t version = 0;
    std::string id;  // "jti", made by issue()
    Seconds issued_at{};
    Seconds expires_at{};

    bool operator==(const Claims&) const = default;
};

struct TokenRules {
    std::string issuer;
    std::string audience;
    // No token lives longer, whatever it says: what was revoked is remembered for this long.
    std::chrono::seconds lifetime{15 * 60};
    std::chrono::seconds clock_skew{30};  // for iat and nbf; exp is exact
};

// Why a token was refused: for metrics and tests. Clients are told one and the same for all.
enum class Refusal { none, too_large, malformed, wrong_header, unknown_key, bad_signature, bad_claims, not_in_force };
[[nodiscard]] std::string_view to_string(Refusal refusal);

struct Verdict {
    std::optional<Claims> claims;
    Refusal refusal = Refusal::none;
};

// Immutable; thread-safe; pure CPU.
class Tokens final {
public:
    static constexpr std::size_t kTokenBytesMax = 4096;

    // REQUIRES: keys outlives this.
    Tokens(const KeyRing& keys, TokenRules rules);

    // Signs claims with a fresh id; iat and nbf are now, exp is now + lifetime.
    [[nodiscard]] std::string issue(Claims claims, Seconds now) const;
    // Nothing of the token is believed, and no cryptography done, before its size, form and header are right.
    [[nodiscard]] Verdict verify(std::string_view token, Seconds now) const;

    [[nodiscard]] std::chrono::seconds lifetime() const { return rules_.lifetime; }

private:
    [[nodiscard]] const SigningKey* key_for(std::string_view encoded_header, Seconds now, Refusal& refusal) const;
    [[nodiscard]] Verdict check_claims(std::string_view payload, Seconds now) const;

    const KeyRing& keys_;
    const TokenRules rules_;
    const std::string own_header_;  // what issue() writes, encoded: the usual case is one comparison
};

}  // namespace auth
