#include "gateway/extensions/memory_lease_store.hpp"

#include <algorithm>

namespace gatehouse::extensions {

namespace {

// Above every token of an earlier process.
std::uint64_t microseconds_since_1970() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

}  // namespace

void MemoryLeaseStore::acquire(const LeaseName& name, const std::string& owner, std::chrono::milliseconds, Done done) {
    Answer answer{Verdict::taken, 0};
    {
        const std::scoped_lock lock(mutex_);
        auto holder = holders_.find(name);
        if (holder == holders_.end()) {
            last_token_ = std::max(last_token_ + 1, microseconds_since_1970());
            holder = holders_.emplace(name, Holder{owner, last_token_}).first;
        }
        if (holder->second.owner == owner) answer = {Verdict::held, holder->second.token};
    }
    done(answer);
}

void MemoryLeaseStore::renew(const LeaseName& name, const std::string& owner, std::chrono::milliseconds, Done done) {
    Answer answer{Verdict::taken, 0};
    {
        const std::scoped_lock lock(mutex_);
        const auto holder = holders_.find(name);
        if (holder != holders_.end() && holder->second.owner == owner) answer = {Verdict::held, holder->second.token};
    }
    done(answer);
}

void MemoryLeaseStore::release(const LeaseName& name, const std::string& owner, Done done) {
    {
        const std::scoped_lock lock(mutex_);
        const auto holder = holders_.find(name);
        if (holder != holders_.end() && holder->second.owner == owner) holders_.erase(holder);
    }
    done({Verdict::taken, 0});
}

}  // namespace gatehouse::extensions
