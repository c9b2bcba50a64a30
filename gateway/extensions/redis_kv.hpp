#pragma once

#include "gateway/extensions/kv_store.hpp"
#include "gateway/extensions/redis_client.hpp"

namespace gatehouse::extensions {

// Values in Redis, shared by every process that uses the same database. A key is a hash with the fields v (value) and n
// (version), named "gatehouse:kv:{SERVICE}:KEY"; each change is one script, so it is atomic and costs one round trip.
// A version is the server's time in microseconds, or one more than the last if that is larger.
class RedisKv final : public KvStore {
public:
    explicit RedisKv(RedisClient& client) : client_(client) {}

    std::optional<KvAnswer> answer_now(KvCommand&) override { return std::nullopt; }
    void answer_later(KvCommand command, Done done) override;

private:
    RedisClient& client_;
};

}  // namespace gatehouse::extensions
