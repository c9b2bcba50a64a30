// The tables `sessions` and `refresh_tokens`: SQL and nothing else.
#pragma once

#include <cstdint>
#include <gatehouse/storage/transaction.hpp>
#include <gatehouse/time.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/auth/crypto.hpp"

namespace auth {

using gatehouse::Time;
using gatehouse::Transaction;

// One login on one device, and the family of refresh tokens that descend from it.
struct Session {
    std::int64_t id = 0;
    std::int64_t user_id = 0;
    std::string device;   // the user agent, cut to kDeviceBytesMax
    std::string address;  // at login
    Time created_at{};
    Time last_used_at{};
    Time idle_expires_at{};  // moves with every refresh, but never beyond expires_at
    Time expires_at{};       // never moves
};
inline constexpr std::size_t kDeviceBytesMax = 256;

namespace sessions {

void insert(Transaction& tx, const Session& session);
[[nodiscard]] std::optional<Session> find_live(Transaction& tx, std::int64_t id, Time now);
[[nodiscard]] std::vector<Session> list_live(Transaction& tx, std::int64_t user_id, Time now, int limit);
// Notes the use and locks the row, so that it excludes a revocation at the same time. Empty unless the session is live.
[[nodiscard]] std::optional<Session> touch_live(Transaction& tx, std::int64_t id, Time now, Time idle_expires_at);

// Each returns the ids that it has revoked; those that were revoked before are not among them.
[[nodiscard]] std::vector<std::int64_t> revoke(Transaction& tx, std::int64_t id, std::int64_t user_id, Time now);
[[nodiscard]] std::vector<std::int64_t> revoke_all(Transaction& tx, std::int64_t user_id, std::int64_t but, Time now);
// All but the newest of a user, so that nobody fills the table.
[[nodiscard]] std::vector<std::int64_t> revoke_surplus(Transaction& tx, std::int64_t user_id, int keep, Time now);

struct Revocation {
    std::int64_t session_id = 0;
    std::int64_t at_ms = 0;
};
// Sessions revoked after (at_ms, session_id), oldest first.
[[nodiscard]] std::vector<Revocation> revocations(Transaction& tx, std::int64_t after_ms, std::int64_t after_id,
                                                  int limit);

// At most limit rows; how many they were. Sessions that are over and whose access tokens are expired too.
std::int64_t remove_dead(Transaction& tx, Time dead_since, int limit);

}  // namespace sessions

namespace refresh_tokens {

struct Stored {
    std::int64_t session_id = 0;
    std::int64_t user_id = 0;
    bool is_used = false;
    Time expires_at{};
};

void insert(Transaction& tx, const Digest& digest, std::int64_t session_id, Time now, Time expires_at);
[[nodiscard]] std::optional<Stored> find(Transaction& tx, const Digest& digest);
// True for exactly one of any number of callers at the same time.
[[nodiscard]] bool use(Transaction& tx, const Digest& digest, Time now);
std::int64_t remove_expired(Transaction& tx, Time now, int limit);

}  // namespace refresh_tokens
}  // namespace auth
