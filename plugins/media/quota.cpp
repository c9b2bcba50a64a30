#include "plugins/media/quota.hpp"

#include <limits>
#include <stdexcept>
#include <string>

#include "plugins/media/usage_repository.hpp"

namespace media {

using gatehouse::Transaction;

namespace {

constexpr char kProblemType[] = "urn:gatehouse:problem:storage_quota_exceeded";

std::optional<std::int64_t> limit_of(const Config& config) {
    if (config.max_bytes_per_user == 0) return std::nullopt;
    if (config.max_bytes_per_user < config.max_bytes) {
        throw std::runtime_error("max_bytes_per_user: must not be below max_bytes; 0 is no limit");
    }
    return static_cast<std::int64_t>(config.max_bytes_per_user);
}

gatehouse::Problem refusal_for(std::int64_t used, std::int64_t allowed) {
    gatehouse::Problem problem(403, "Storage Quota Exceeded",
                               "Your images take " + std::to_string(used) + " octets, and may take " +
                                   std::to_string(allowed) + ". Deleting images frees space.");
    problem.type(kProblemType);
    return problem;
}

}  // namespace

Quota::Quota(const Config& config) : bytes_max_(limit_of(config)) {}

void Quota::check(Transaction& tx, std::int64_t user_id, std::int64_t bytes) const {
    if (!bytes_max_) return;
    const std::int64_t used = usage::of(tx, user_id);
    if (used + bytes > *bytes_max_) throw refusal_for(used, *bytes_max_);
}

bool Quota::take(Transaction& tx, std::int64_t user_id, std::int64_t bytes) const {
    return usage::add(tx, user_id, bytes, bytes_max_.value_or(std::numeric_limits<std::int64_t>::max()));
}

gatehouse::Problem Quota::refusal(Transaction& tx, std::int64_t user_id) const {
    return refusal_for(usage::of(tx, user_id), bytes_max_.value_or(0));
}

}  // namespace media
