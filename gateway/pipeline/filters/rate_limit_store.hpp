#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/pipeline/filters/keyed_hash.hpp"

namespace gatehouse::pipeline {

// A limit in GCRA's terms: one request per `interval` on average, `burst` of them at once.
struct Gcra {
    std::int64_t interval_ns = 0;
    std::uint64_t burst = 1;
    std::int64_t tolerance_ns() const { return interval_ns * static_cast<std::int64_t>(burst); }
    static Gcra per(std::uint64_t limit, std::chrono::nanoseconds period, std::uint64_t burst);
};

struct RateDecision {
    bool allowed = true;
    std::uint64_t remaining = 0;  // requests that would be let through right now
    std::int64_t retry_ns = 0;    // refused: until one would be let through
    std::int64_t reset_ns = 0;    // until the whole burst is there again
};

// The decision alone: tat is when the bucket would be full again, 0 for a new one. Updated if the request passes.
RateDecision take(const Gcra& limit, std::int64_t& tat, std::int64_t now);

// Buckets by hashed key, for all loops together. Memory is fixed: a key lives in a set of eight; when its set is full
// the bucket that is nearest to full again gives way. So a flood of new keys pushes out other new keys before it pushes
// out one that is being limited. Buckets know nothing of limits: they survive a reload that changes these.
//
//   key --> shard (a mutex) --> set of 8: [tag tat][tag tat]...
class RateLimitStore final {
public:
    struct Options {
        std::size_t shards = 64;           // a power of two
        std::size_t sets_per_shard = 256;  // a power of two; 8 buckets of 16 octets each
    };
    explicit RateLimitStore(const Options& options);
    ~RateLimitStore();
    RateLimitStore(const RateLimitStore&) = delete;
    RateLimitStore& operator=(const RateLimitStore&) = delete;

    // The process's key: hash what a bucket belongs to with it.
    const KeyedHash::Key& hash_key() const { return hash_key_; }

    RateDecision take(const Hash128& bucket, const Gcra& limit, TimePoint now);  // [any]
    // Undoes a take() whose request was refused by another limit.  [any]
    void give_back(const Hash128& bucket, const Gcra& limit, TimePoint now);

    std::size_t capacity() const;  // buckets
    std::size_t occupied() const;  // buckets that remember something; slow  [any]

private:
    struct Bucket {
        std::uint64_t tag = 0;
        std::int64_t tat = 0;
    };
    struct Shard;
    Bucket& find_or_replace(Shard& shard, const Hash128& key, std::int64_t now);
    Shard& shard_of(const Hash128& key) const;

    Options options_;
    KeyedHash::Key hash_key_;
    std::unique_ptr<Shard[]> shards_;
};

}  // namespace gatehouse::pipeline
