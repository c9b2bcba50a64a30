#include "plugins/auth/verified_tokens.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace auth {

VerifiedTokens::VerifiedTokens(std::size_t capacity) : places_per_shard_(std::max<std::size_t>(1, capacity / kShards)) {
    for (Shard& shard : shards_) shard.places.resize(places_per_shard_);
}

std::shared_ptr<const VerifiedToken> VerifiedTokens::find(const Digest& token) const {
    const Shard& shard = shards_[shard_of(token)];
    const std::scoped_lock lock(shard.mutex);
    const Place& place = shard.places[place_of(token)];
    return place.token == token ? place.verified : nullptr;
}

void VerifiedTokens::remember(const Digest& token, std::shared_ptr<const VerifiedToken> verified) {
    Shard& shard = shards_[shard_of(token)];
    const std::scoped_lock lock(shard.mutex);
    Place& place = shard.places[place_of(token)];
    place.token = token;
    place.verified.swap(verified);
}

std::size_t VerifiedTokens::place_of(const Digest& token) const {
    std::uint64_t bits = 0;
    std::memcpy(&bits, token.data() + 8, sizeof(bits));
    return static_cast<std::size_t>(bits % places_per_shard_);
}

}  // namespace auth
