// What must no longer pass although its signature is good: ended sessions, and users whose rights have changed.
//
// Checked on every request, from memory. A process adds its own revocations at once; those of other processes on the
// same database arrive by polling (see Background). An entry lives as long as a token that it could hit, so the size is
// bounded by the number of sessions that end within one token lifetime.
#pragma once

#include <cstddef>
#include <cstdint>
#include <shared_mutex>
#include <unordered_map>

#include "plugins/auth/jwt.hpp"

namespace auth {

// Thread-safe.
class Revocations final {
public:
    // until: when the last token of that session is expired.
    void revoke_session(std::int64_t session_id, Seconds until);
    // Tokens of that user with a lower version are refused.
    void require_version(std::int64_t user_id, std::int64_t version, Seconds until);

    [[nodiscard]] bool revoked(const Claims& claims) const;

    void forget_expired(Seconds now);
    [[nodiscard]] std::size_t size() const;

private:
    struct Version {
        std::int64_t least;
        Seconds until;
    };

    mutable std::shared_mutex mutex_;
    std::unordered_map<std::int64_t, Seconds> sessions_;
    std::unordered_map<std::int64_t, Version> versions_;
};

}  // namespace auth
