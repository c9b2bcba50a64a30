// The keys of this service: one that signs, and those whose tokens are still accepted.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/auth/signing_key.hpp"

namespace auth {

using Seconds = std::chrono::sys_seconds;

// An older key during a rotation.
struct RetiringKey {
    std::unique_ptr<SigningKey> key;
    std::optional<Seconds> until;  // not accepted from then on; empty = as long as it is listed
};

// Immutable; thread-safe.
class KeyRing final {
public:
    // Throws KeyError when signer cannot sign or two keys are the same one.
    KeyRing(std::unique_ptr<SigningKey> signer, std::vector<RetiringKey> retiring);

    [[nodiscard]] const SigningKey& signer() const { return *signer_; }
    // Null for an id that nobody has, or whose time is over.
    [[nodiscard]] const SigningKey* find(std::string_view id, Seconds now) const;
    // A JWK Set (RFC 7517, 5) of the public keys; secrets are left out.
    [[nodiscard]] std::string public_keys(Seconds now) const;

private:
    std::unique_ptr<SigningKey> signer_;
    std::vector<RetiringKey> retiring_;
};

}  // namespace auth
