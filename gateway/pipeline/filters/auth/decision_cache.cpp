#include "gateway/pipeline/filters/auth/decision_cache.hpp"

namespace gatehouse::pipeline {

const Decision* DecisionCache::find(const Hash128& key, TimePoint now) {
    const auto found = index_.find(key);
    if (found == index_.end()) return nullptr;
    const std::uint32_t at = found->second;
    if (entries_[at].expires <= now) {
        remove(at);
        return nullptr;
    }
    unlink(at);
    link_newest(at);
    return &entries_[at].decision;
}

void DecisionCache::insert(const Hash128& key, const Decision& decision, TimePoint now) {
    if (decision.outcome == Decision::Outcome::unavailable || decision.fresh_for <= Duration{0} || capacity_ == 0)
        return;
    if (const auto found = index_.find(key); found != index_.end()) remove(found->second);
    const std::uint32_t at = slot();
    Entry& entry = entries_[at];
    entry.key = key;
    entry.decision = decision;
    entry.expires = now + decision.fresh_for;
    index_.emplace(key, at);
    link_newest(at);
}

void DecisionCache::revoke(const Revocation& revocation) {
    for (std::uint32_t at = newest_; at != kNone;) {
        const std::uint32_t older = entries_[at].older;
        const Identity& identity = entries_[at].decision.identity;
        const bool of_session = !revocation.session.empty() && identity.session == revocation.session;
        const bool of_user = !revocation.user.empty() && identity.id == revocation.user;
        if (of_session || of_user) remove(at);
        at = older;
    }
}

// A free place; the least recently used one if there is none.
std::uint32_t DecisionCache::slot() {
    if (unused_.empty() && entries_.size() < capacity_) {
        entries_.emplace_back();
        return static_cast<std::uint32_t>(entries_.size() - 1);
    }
    if (unused_.empty()) remove(oldest_);
    const std::uint32_t at = unused_.back();
    unused_.pop_back();
    return at;
}

void DecisionCache::remove(std::uint32_t at) {
    unlink(at);
    index_.erase(entries_[at].key);
    entries_[at].decision.clear();
    unused_.push_back(at);
}

void DecisionCache::unlink(std::uint32_t at) {
    Entry& entry = entries_[at];
    (entry.newer == kNone ? newest_ : entries_[entry.newer].older) = entry.older;
    (entry.older == kNone ? oldest_ : entries_[entry.older].newer) = entry.newer;
    entry.newer = entry.older = kNone;
}

void DecisionCache::link_newest(std::uint32_t at) {
    entries_[at].older = newest_;
    (newest_ == kNone ? oldest_ : entries_[newest_].newer) = at;
    newest_ = at;
}

}  // namespace gatehouse::pipeline
