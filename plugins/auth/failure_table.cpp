#include "plugins/auth/failure_table.hpp"

#include <algorithm>
#include <cstring>

#include "plugins/auth/crypto.hpp"

namespace auth {
namespace {

// Fixed size, whatever a client sends; a cryptographic hash, so that nobody finds a name that shares an entry.
std::uint64_t key_of(std::string_view subject) {
    const Digest digest = sha256(subject);
    std::uint64_t key = 0;
    std::memcpy(&key, digest.data(), sizeof(key));
    return key;
}

}  // namespace

std::chrono::milliseconds FailureTable::wait(std::string_view subject, Now now) const {
    const Entry* entry = find(subject, now);
    if (entry == nullptr) return {};
    const Now free_at = entry->last + delay_after(entry->failures);
    return now < free_at ? free_at - now : Now{};
}

bool FailureTable::has_failed(std::string_view subject, Now now) const { return find(subject, now) != nullptr; }

void FailureTable::failed(std::string_view subject, Now now) {
    if (rules_.free_failures <= 0) return;
    drop_oldest(now);
    const std::uint64_t key = key_of(subject);
    const auto known = index_.find(key);
    if (known == index_.end()) {
        entries_.push_front({key, 1, now});
        index_.emplace(key, entries_.begin());
        return;
    }
    entries_.splice(entries_.begin(), entries_, known->second);
    known->second->failures = std::min(known->second->failures + 1, 1'000'000);
    known->second->last = now;
}

void FailureTable::forget(std::string_view subject) {
    const auto known = index_.find(key_of(subject));
    if (known == index_.end()) return;
    entries_.erase(known->second);
    index_.erase(known);
}

std::chrono::milliseconds FailureTable::delay_after(int failures) const {
    if (failures < rules_.free_failures) return {};
    const int doublings = std::min(failures - rules_.free_failures, 30);
    return std::min(rules_.longest_delay, rules_.first_delay * (std::int64_t{1} << doublings));
}

const FailureTable::Entry* FailureTable::find(std::string_view subject, Now now) const {
    const auto known = index_.find(key_of(subject));
    if (known == index_.end() || now - known->second->last > rules_.memory) return nullptr;
    return &*known->second;
}

void FailureTable::drop_oldest(Now now) {
    while (!entries_.empty() &&
           (entries_.size() >= rules_.subjects_max || now - entries_.back().last > rules_.memory)) {
        index_.erase(entries_.back().subject);
        entries_.pop_back();
    }
}

}  // namespace auth
