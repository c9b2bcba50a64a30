// Remembers which tokens had a good signature, so that the next request with the same token costs no public-key
// cryptography. Says nothing about time or revocation: the caller checks these every time.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "plugins/auth/crypto.hpp"
#include "plugins/auth/jwt.hpp"

namespace auth {

struct VerifiedToken {
    Claims claims;
    Seconds checked_at{};
};

// Thread-safe. Bounded: every token has one place, decided by its SHA-256; a newer one there replaces the older. Keeps
// digests, never tokens.
class VerifiedTokens final {
public:
    explicit VerifiedTokens(std::size_t capacity = 8192);

    // Null when not known. Shared with requests that still read it when its place is taken.
    [[nodiscard]] std::shared_ptr<const VerifiedToken> find(const Digest& token) const;
    void remember(const Digest& token, std::shared_ptr<const VerifiedToken> verified);

private:
    struct Place {
        Digest token{};
        std::shared_ptr<const VerifiedToken> verified;
    };
    struct Shard {
        mutable std::mutex mutex;
        std::vector<Place> places;
    };
    static constexpr std::size_t kShards = 16;

    static std::size_t shard_of(const Digest& token) { return token[0] % kShards; }
    std::size_t place_of(const Digest& token) const;

    std::size_t places_per_shard_;
    std::array<Shard, kShards> shards_;
};

}  // namespace auth
