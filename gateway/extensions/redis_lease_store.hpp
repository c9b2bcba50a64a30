#pragma once

#include "gateway/extensions/lease_store.hpp"
#include "gateway/extensions/redis_client.hpp"

namespace gatehouse::extensions {

// Leases in Redis, for all processes that use the same database: "gatehouse:lease:{SERVICE}:NAME" holds the owner and
// expires; "gatehouse:fence:{SERVICE}:NAME" keeps the last token. A token is the server's time in microseconds or one
// more than the last, so that tokens go on growing though Redis has forgotten everything.
class RedisLeaseStore final : public LeaseStore {
public:
    explicit RedisLeaseStore(RedisClient& client) : client_(client) {}

    void acquire(const LeaseName& name, const std::string& owner, std::chrono::milliseconds ttl, Done done) override;
    void renew(const LeaseName& name, const std::string& owner, std::chrono::milliseconds ttl, Done done) override;
    void release(const LeaseName& name, const std::string& owner, Done done) override;

private:
    RedisClient& client_;
};

}  // namespace gatehouse::extensions
