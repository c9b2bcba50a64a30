#include "gateway/extensions/memory_kv.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace gatehouse::extensions {

namespace {

constexpr std::uint64_t kShardBytesMin = 4u << 20;  // four of the largest values
constexpr std::uint64_t kShardsMax = 16;
constexpr std::uint64_t kEntryOverhead = 192;  // nodes of the containers, the string and its counter
constexpr int kSweepMax = 16;                  // expired entries that one write frees

std::size_t shard_count(std::uint64_t bytes) {
    return static_cast<std::size_t>(std::clamp<std::uint64_t>(bytes / kShardBytesMin, 1, kShardsMax));
}

// A decimal number as this store and Redis write it; nothing else counts as one.
bool parse_number(const std::string& text, std::int64_t& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && std::to_string(number) == text;
}

bool holds(const KvCommand& command, std::uint64_t version, const std::string* value) {
    switch (command.condition) {
        case KvCommand::Condition::none: return true;
        case KvCommand::Condition::is_absent: return value == nullptr;
        case KvCommand::Condition::has_version: return version == command.version;
        case KvCommand::Condition::has_value: return value != nullptr && *value == command.expected;
    }
    return false;
}

}  // namespace

MemoryKv::MemoryKv(Options options)
    : now_(std::move(options.now)),
      shard_bytes_max_(options.bytes_max / shard_count(options.bytes_max)),
      shards_(shard_count(options.bytes_max)) {
    // Above every version of an earlier process, for those who keep a version elsewhere.
    const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
    last_version_ =
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(since_1970).count());
}

std::optional<KvAnswer> MemoryKv::answer_now(KvCommand& command) {
    std::string key = command.service + '\0' + command.key;
    Shard& shard = shards_[std::hash<std::string>()(key) % shards_.size()];
    const TimePoint now = now_();
    const std::scoped_lock lock(shard.mutex);
    const Entry* const entry = find(shard, key, now);
    KvAnswer answer;
    answer.was_found = entry != nullptr;
    answer.version = entry != nullptr ? entry->version : 0;
    switch (command.kind) {
        case KvCommand::Kind::get:
            if (entry != nullptr) answer.value = entry->value;
            return answer;
        case KvCommand::Kind::set: return set(shard, std::move(key), command, now);
        case KvCommand::Kind::increment: return increment(shard, std::move(key), command, now);
        case KvCommand::Kind::remove:
            if (entry == nullptr || !holds(command, entry->version, entry->value.get())) return answer;
            erase(shard, shard.index.find(key)->second);
            answer.was_applied = true;
            return answer;
    }
    return answer;
}

KvAnswer MemoryKv::set(Shard& shard, std::string key, KvCommand& command, TimePoint now) {
    sweep(shard, now);
    const Entry* const before = find(shard, key, now);
    KvAnswer answer;
    answer.was_found = before != nullptr;
    answer.version = before != nullptr ? before->version : 0;
    if (!holds(command, answer.version, before != nullptr ? before->value.get() : nullptr)) return answer;
    if (!write(shard, std::move(key), std::make_shared<const std::string>(std::move(command.value)), answer)) {
        return KvAnswer::failure(GH_E_LIMIT, "no_room");
    }
    Entry& entry = shard.entries.front();
    if (command.ttl.count() == 0) {
        expire_never(shard, entry);
    } else {
        expire_at(shard, entry, now + command.ttl);
    }
    return answer;
}

KvAnswer MemoryKv::increment(Shard& shard, std::string key, const KvCommand& command, TimePoint now) {
    sweep(shard, now);
    const Entry* const before = find(shard, key, now);
    std::int64_t number = 0;
    if (before != nullptr && !parse_number(*before->value, number)) {
        return KvAnswer::failure(GH_E_INVALID, "not_a_number");
    }
    if (__builtin_add_overflow(number, command.delta, &number)) return KvAnswer::failure(GH_E_LIMIT, "overflow");
    KvAnswer answer;
    answer.was_found = before != nullptr;
    if (!write(shard, std::move(key), std::make_shared<const std::string>(std::to_string(number)), answer)) {
        return KvAnswer::failure(GH_E_LIMIT, "no_room");
    }
    answer.number = number;
    if (!answer.was_found && command.ttl.count() != 0) expire_at(shard, shard.entries.front(), now + command.ttl);
    return answer;
}

// Puts the value under the key, at the front of the list. False if there is no room, and then nothing has changed but
// for what had to go.
bool MemoryKv::write(Shard& shard, std::string key, std::shared_ptr<const std::string> value, KvAnswer& answer) {
    const auto found = shard.index.find(key);
    const std::uint64_t wanted = key.size() + value->size() + kEntryOverhead;
    if (found == shard.index.end()) {
        if (!make_room(shard, wanted, nullptr)) return false;
        shard.entries.push_front(Entry{std::move(key), std::move(value), 0, {}, false});
        shard.index.emplace(shard.entries.front().key, shard.entries.begin());
        shard.bytes += wanted;
    } else {
        Entry& entry = *found->second;
        const std::uint64_t had = cost(entry);
        if (wanted > had && !make_room(shard, wanted - had, &entry)) return false;
        shard.bytes += wanted - had;
        entry.value = std::move(value);
        shard.entries.splice(shard.entries.begin(), shard.entries, found->second);
    }
    shard.entries.front().version = last_version_.fetch_add(1, std::memory_order_relaxed) + 1;
    answer.version = shard.entries.front().version;
    answer.was_applied = true;
    return true;
}

// The entry, moved to the front, or null; one that has expired is erased.
MemoryKv::Entry* MemoryKv::find(Shard& shard, std::string_view key, TimePoint now) {
    const auto found = shard.index.find(key);
    if (found == shard.index.end()) return nullptr;
    if (found->second->expires && found->second->expiry->first <= now) {
        erase(shard, found->second);
        return nullptr;
    }
    shard.entries.splice(shard.entries.begin(), shard.entries, found->second);
    return &shard.entries.front();
}

// REQUIRES: the entry is at the front.
void MemoryKv::expire_at(Shard& shard, Entry& entry, TimePoint when) {
    expire_never(shard, entry);
    entry.expiry = shard.expiries.emplace(when, shard.entries.begin());
    entry.expires = true;
}

void MemoryKv::expire_never(Shard& shard, Entry& entry) {
    if (entry.expires) shard.expiries.erase(entry.expiry);
    entry.expires = false;
}

void MemoryKv::erase(Shard& shard, Entries::iterator entry) {
    shard.bytes -= cost(*entry);
    expire_never(shard, *entry);
    shard.index.erase(entry->key);
    shard.entries.erase(entry);
}

void MemoryKv::sweep(Shard& shard, TimePoint now) {
    for (int i = 0; i < kSweepMax && !shard.expiries.empty(); ++i) {
        const auto first = shard.expiries.begin();
        if (first->first > now) return;
        erase(shard, first->second);
    }
}

// Evicts from the back until there is room; spared stays.
bool MemoryKv::make_room(Shard& shard, std::uint64_t bytes, const Entry* spared) {
    const std::uint64_t kept = spared != nullptr ? cost(*spared) : 0;
    if (kept + bytes > shard_bytes_max_) return false;
    while (shard.bytes + bytes > shard_bytes_max_) {
        auto last = std::prev(shard.entries.end());
        if (&*last == spared) --last;
        erase(shard, last);
        ++shard.evicted;
    }
    return true;
}

std::uint64_t MemoryKv::cost(const Entry& entry) { return entry.key.size() + entry.value->size() + kEntryOverhead; }

MemoryKv::Usage MemoryKv::usage() const {
    Usage total;
    for (const Shard& shard : shards_) {
        const std::scoped_lock lock(shard.mutex);
        total.keys += shard.entries.size();
        total.bytes += shard.bytes;
        total.evicted += shard.evicted;
    }
    return total;
}

}  // namespace gatehouse::extensions
