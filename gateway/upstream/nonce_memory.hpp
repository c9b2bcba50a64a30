#pragma once

#include <array>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <memory>
#include <mutex>

namespace gatehouse::upstream {

using Nonce = std::array<std::uint8_t, 16>;

// Remembers nonces for at least a minute. Two sets per shard: when the younger one is a minute old, the elder is
// emptied and they change places. So nothing is looked at to be forgotten, and memory is bounded by `capacity` (16
// octets each, twice).  [any]
class NonceMemory final {
public:
    static constexpr std::int64_t kRememberSeconds = 61;
    enum class Seen : std::uint8_t { first_time, again, full };

    explicit NonceMemory(std::size_t capacity);
    Seen remember(const Nonce& nonce, std::int64_t unix_seconds);

private:
    static constexpr std::size_t kShards = 16;
    struct Hasher {
        std::size_t operator()(const Nonce& nonce) const;
    };
    using Set = boost::unordered_flat_set<Nonce, Hasher>;
    struct alignas(64) Shard {
        std::mutex mutex;
        Set young, old;
        std::int64_t since = 0;
    };

    std::size_t capacity_per_shard_;
    std::array<Shard, kShards> shards_;
};

}  // namespace gatehouse::upstream
