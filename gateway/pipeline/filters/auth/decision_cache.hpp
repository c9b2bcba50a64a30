#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/pipeline/filters/auth/decision.hpp"
#include "gateway/pipeline/filters/auth/revocation.hpp"
#include "gateway/pipeline/filters/keyed_hash.hpp"

namespace gatehouse::pipeline {

// Decisions by credentials, least recently used out first. Belongs to one loop.
class DecisionCache final {
public:
    explicit DecisionCache(std::size_t capacity) : capacity_(capacity) {}

    // The fresh decision, or nullptr. Valid until the next call.
    const Decision* find(const Hash128& key, TimePoint now);
    // Keeps it for decision.fresh_for; decisions that are not fresh at all and failures are not kept.
    void insert(const Hash128& key, const Decision& decision, TimePoint now);
    void revoke(const Revocation& revocation);
    std::size_t size() const { return index_.size(); }

private:
    static constexpr std::uint32_t kNone = ~std::uint32_t{0};
    struct Entry {
        Hash128 key;
        Decision decision;
        TimePoint expires;
        std::uint32_t newer = kNone, older = kNone;
    };
    void unlink(std::uint32_t at);
    void link_newest(std::uint32_t at);
    void remove(std::uint32_t at);
    std::uint32_t slot();

    std::size_t capacity_;
    std::vector<Entry> entries_;
    std::vector<std::uint32_t> unused_;
    boost::unordered_flat_map<Hash128, std::uint32_t, HashHasher> index_;
    std::uint32_t newest_ = kNone, oldest_ = kNone;
};

}  // namespace gatehouse::pipeline
