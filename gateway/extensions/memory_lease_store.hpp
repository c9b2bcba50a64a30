#pragma once

#include <map>
#include <mutex>

#include "gateway/extensions/lease_store.hpp"

namespace gatehouse::extensions {

// One process: a holder cannot die alone, so nothing expires. Answers at once.
class MemoryLeaseStore final : public LeaseStore {
public:
    void acquire(const LeaseName& name, const std::string& owner, std::chrono::milliseconds ttl, Done done) override;
    void renew(const LeaseName& name, const std::string& owner, std::chrono::milliseconds ttl, Done done) override;
    void release(const LeaseName& name, const std::string& owner, Done done) override;

private:
    struct Holder {
        std::string owner;
        std::uint64_t token;
    };
    std::mutex mutex_;
    std::map<LeaseName, Holder> holders_;
    std::uint64_t last_token_ = 0;
};

}  // namespace gatehouse::extensions
