#include "gateway/upstream/nonce_memory.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace gatehouse::upstream {

// Nonces are random and signed: their own octets are the hash.
std::size_t NonceMemory::Hasher::operator()(const Nonce& nonce) const {
    std::size_t hash = 0;
    std::memcpy(&hash, nonce.data(), sizeof hash);
    return hash;
}

NonceMemory::NonceMemory(std::size_t capacity) : capacity_per_shard_(std::max<std::size_t>(1, capacity / kShards)) {}

NonceMemory::Seen NonceMemory::remember(const Nonce& nonce, std::int64_t unix_seconds) {
    Shard& shard = shards_[nonce.back() % kShards];
    std::scoped_lock lock(shard.mutex);
    const std::int64_t age = unix_seconds - shard.since;
    if (age >= kRememberSeconds) {
        if (age >= 2 * kRememberSeconds) shard.young.clear();
        std::swap(shard.young, shard.old);
        shard.young.clear();
        shard.since = unix_seconds;
    }
    if (shard.old.contains(nonce) || shard.young.contains(nonce)) return Seen::again;
    if (shard.young.size() >= capacity_per_shard_) return Seen::full;
    shard.young.insert(nonce);
    return Seen::first_time;
}

}  // namespace gatehouse::upstream
