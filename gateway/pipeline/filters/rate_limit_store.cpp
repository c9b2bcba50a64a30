#include "gateway/pipeline/filters/rate_limit_store.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace gatehouse::pipeline {

namespace {
constexpr std::size_t kWays = 8;

std::int64_t nanoseconds(TimePoint when) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(when.time_since_epoch()).count();
}
}  // namespace

Gcra Gcra::per(std::uint64_t limit, std::chrono::nanoseconds period, std::uint64_t burst) {
    assert(limit > 0);
    Gcra result;
    result.interval_ns = std::max<std::int64_t>(1, period.count() / static_cast<std::int64_t>(limit));
    constexpr std::int64_t kToleranceMax = std::int64_t{1} << 60;  // 36 years: sums stay in range
    result.interval_ns = std::min(result.interval_ns, kToleranceMax);
    result.burst = std::min(burst == 0 ? limit : burst, static_cast<std::uint64_t>(kToleranceMax / result.interval_ns));
    return result;
}

RateDecision take(const Gcra& limit, std::int64_t& tat, std::int64_t now) {
    const std::int64_t tolerance = limit.tolerance_ns();
    // A bucket from before a reload may lie further ahead than the present limit allows for.
    const std::int64_t start = std::min(std::max(tat, now), now + tolerance);
    const std::int64_t next = start + limit.interval_ns;
    RateDecision decision;
    decision.allowed = next - now <= tolerance;
    decision.retry_ns = decision.allowed ? 0 : next - now - tolerance;
    tat = decision.allowed ? next : start;
    decision.reset_ns = tat - now;
    decision.remaining = static_cast<std::uint64_t>((tolerance - decision.reset_ns) / limit.interval_ns);
    return decision;
}

struct RateLimitStore::Shard {
    alignas(64) mutable std::mutex mutex;
    std::vector<Bucket> buckets;  // sets of kWays
};

RateLimitStore::RateLimitStore(const Options& options)
    : options_(options), hash_key_(KeyedHash::random_key()), shards_(std::make_unique<Shard[]>(options.shards)) {
    assert(std::has_single_bit(options.shards) && std::has_single_bit(options.sets_per_shard));
    for (std::size_t i = 0; i < options.shards; ++i) shards_[i].buckets.resize(options.sets_per_shard * kWays);
}

RateLimitStore::~RateLimitStore() = default;

RateLimitStore::Shard& RateLimitStore::shard_of(const Hash128& key) const {
    return shards_[(key.high >> 32) & (options_.shards - 1)];
}

// The key's bucket, or, emptied, the one of its set that is nearest to full. A full bucket says nothing: forgetting it
// loses nothing.
RateLimitStore::Bucket& RateLimitStore::find_or_replace(Shard& shard, const Hash128& key, std::int64_t now) {
    Bucket* const set = &shard.buckets[(key.high & (options_.sets_per_shard - 1)) * kWays];
    Bucket* oldest = set;
    for (Bucket* bucket = set; bucket != set + kWays; ++bucket) {
        if (bucket->tag == key.low && bucket->tat != 0) return *bucket;
        if (bucket->tat < oldest->tat) oldest = bucket;
    }
    *oldest = {key.low, now};
    return *oldest;
}

RateDecision RateLimitStore::take(const Hash128& bucket, const Gcra& limit, TimePoint now) {
    const std::int64_t now_ns = nanoseconds(now);
    Shard& shard = shard_of(bucket);
    std::scoped_lock lock(shard.mutex);
    return pipeline::take(limit, find_or_replace(shard, bucket, now_ns).tat, now_ns);
}

void RateLimitStore::give_back(const Hash128& bucket, const Gcra& limit, TimePoint now) {
    Shard& shard = shard_of(bucket);
    std::scoped_lock lock(shard.mutex);
    find_or_replace(shard, bucket, nanoseconds(now)).tat -= limit.interval_ns;
}

std::size_t RateLimitStore::capacity() const { return options_.shards * options_.sets_per_shard * kWays; }

std::size_t RateLimitStore::occupied() const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < options_.shards; ++i) {
        std::scoped_lock lock(shards_[i].mutex);
        const auto& buckets = shards_[i].buckets;
        count += static_cast<std::size_t>(
            std::count_if(buckets.begin(), buckets.end(), [](const Bucket& bucket) { return bucket.tat != 0; }));
    }
    return count;
}

}  // namespace gatehouse::pipeline
