#include "plugins/subscriptions/feed_cache.hpp"

#include <algorithm>
#include <functional>
#include <limits>

#include "plugins/subscriptions/feed_pull.hpp"
#include "plugins/subscriptions/feed_repository.hpp"

namespace subscriptions {

namespace {

constexpr std::int64_t kNewest = std::numeric_limits<std::int64_t>::max();

// Adds what has arrived; arrivals may be there already.
void add(FeedCache::Head& head, const std::vector<feed::Arrival>& arrivals) {
    for (const feed::Arrival& arrival : arrivals) {
        const auto place = std::lower_bound(head.posts.begin(), head.posts.end(), arrival.post_id, std::greater<>());
        if (place != head.posts.end() && *place == arrival.post_id) continue;
        if (place == head.posts.end() && !head.is_all) continue;  // older than all that is kept
        head.posts.insert(place, arrival.post_id);
    }
    if (head.posts.size() > static_cast<std::size_t>(FeedCache::kKept)) {
        head.posts.resize(FeedCache::kKept);
        head.is_all = false;
    }
}

}  // namespace

FeedCache::Head FeedCache::head(gatehouse::Transaction& tx, std::int64_t reader, gatehouse::Instant now) {
    const auto [version, last] = feed::state(tx, reader);
    auto entry = find(reader);
    const bool is_usable = entry && entry->version == version && now - entry->made < kRebuiltAfter &&
                           last - entry->complete_to <= kArrivalsMax;
    if (is_usable) {
        const std::int64_t after = entry->complete_to - kOverlap;
        add(entry->head, feed::arrived(tx, reader, after, kArrivalsMax + static_cast<int>(kOverlap)));
    } else {
        entry = Entry{version, last, now, {feed::pull(tx, reader, kNewest, kKept), false}};
        entry->head.is_all = entry->head.posts.size() < static_cast<std::size_t>(kKept);
    }
    entry->complete_to = last;
    keep(reader, *entry);
    return std::move(entry->head);
}

std::size_t FeedCache::size() {
    const std::scoped_lock lock(mutex_);
    return slots_.size();
}

std::optional<FeedCache::Entry> FeedCache::find(std::int64_t reader) {
    const std::scoped_lock lock(mutex_);
    const auto found = slots_.find(reader);
    if (found == slots_.end()) return std::nullopt;
    order_.splice(order_.end(), order_, found->second.place);
    return found->second.entry;
}

void FeedCache::keep(std::int64_t reader, const Entry& entry) {
    const std::scoped_lock lock(mutex_);
    const auto found = slots_.find(reader);
    if (found != slots_.end()) {
        if (found->second.entry.version <= entry.version) found->second.entry = entry;
        return;
    }
    if (slots_.size() >= readers_max_) {
        slots_.erase(order_.front());
        order_.pop_front();
    }
    slots_.emplace(reader, Slot{entry, order_.insert(order_.end(), reader)});
}

}  // namespace subscriptions
