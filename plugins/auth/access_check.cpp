#include "plugins/auth/access_check.hpp"

#include <utility>

namespace auth {

Access AccessCheck::check(std::string_view token, Seconds now) {
    if (token.size() > Tokens::kTokenBytesMax) return {nullptr, Refusal::too_large};
    const Digest digest = sha256(token);
    std::shared_ptr<const VerifiedToken> verified = verified_.find(digest);
    if (verified != nullptr && !still_good(*verified, now)) verified = nullptr;
    if (verified == nullptr) {
        Verdict verdict = tokens_.verify(token, now);
        if (!verdict.claims) return {nullptr, verdict.refusal};
        verified = std::make_shared<const VerifiedToken>(VerifiedToken{std::move(*verdict.claims), now});
        verified_.remember(digest, verified);
    }
    if (revocations_.revoked(verified->claims)) return {nullptr, Refusal::none, true};
    const Claims* claims = &verified->claims;
    return {std::shared_ptr<const Claims>(std::move(verified), claims)};
}

// The clock may have been set back as well.
bool AccessCheck::still_good(const VerifiedToken& verified, Seconds now) {
    return now < verified.claims.expires_at && now >= verified.checked_at && now - verified.checked_at <= kTrustedFor;
}

}  // namespace auth
