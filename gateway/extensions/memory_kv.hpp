#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/extensions/kv_store.hpp"

namespace gatehouse::extensions {

// Values in this process, bounded by octets. When there is no room, what was not used for longest goes, expired or not.
// Shards keep threads apart; each has its share of the memory, so that a value must fit into one share.
//
//   shard: mutex, index (key -> place), recency list (most recently used first), expiries (time -> place)
//
// Expired entries are invisible at once and freed by the writes that follow.
class MemoryKv final : public KvStore {
public:
    struct Options {
        std::uint64_t bytes_max = 64u << 20;
        std::function<TimePoint()> now = [] { return Clock::now(); };
    };
    explicit MemoryKv(Options options);

    std::optional<KvAnswer> answer_now(KvCommand& command) override;
    void answer_later(KvCommand command, Done done) override { done(*answer_now(command)); }

    struct Usage {
        std::uint64_t keys = 0, bytes = 0, evicted = 0;  // evicted: since the beginning
    };
    Usage usage() const;

private:
    struct Entry;
    using Entries = std::list<Entry>;
    using Expiries = std::multimap<TimePoint, Entries::iterator>;
    struct Entry {
        std::string key;  // service, NUL, key
        std::shared_ptr<const std::string> value;
        std::uint64_t version = 0;
        Expiries::iterator expiry{};
        bool expires = false;
    };
    struct Shard {
        mutable std::mutex mutex;
        Entries entries;
        std::unordered_map<std::string_view, Entries::iterator> index;  // views into the entries' keys
        Expiries expiries;
        std::uint64_t bytes = 0, evicted = 0;
    };

    static std::uint64_t cost(const Entry& entry);
    Entry* find(Shard& shard, std::string_view key, TimePoint now);
    KvAnswer set(Shard& shard, std::string key, KvCommand& command, TimePoint now);
    KvAnswer increment(Shard& shard, std::string key, const KvCommand& command, TimePoint now);
    bool write(Shard& shard, std::string key, std::shared_ptr<const std::string> value, KvAnswer& answer);
    void expire_at(Shard& shard, Entry& entry, TimePoint when);
    void expire_never(Shard& shard, Entry& entry);
    void erase(Shard& shard, Entries::iterator entry);
    void sweep(Shard& shard, TimePoint now);
    bool make_room(Shard& shard, std::uint64_t bytes, const Entry* spared);

    std::function<TimePoint()> now_;
    std::uint64_t shard_bytes_max_;
    std::vector<Shard> shards_;
    std::atomic<std::uint64_t> last_version_{0};
};

}  // namespace gatehouse::extensions
