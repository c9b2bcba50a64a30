// The tables `reset_requests` and `password_resets`: SQL and nothing else.
#pragma once

#include <cstdint>
#include <gatehouse/storage/transaction.hpp>
#include <gatehouse/time.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/auth/crypto.hpp"

namespace auth {

using gatehouse::Time;
using gatehouse::Transaction;

namespace reset_requests {

// One at a time per address.
void insert(Transaction& tx, std::string_view email_key, Time now);
[[nodiscard]] std::int64_t count(Transaction& tx, std::int64_t at_most);
// Removes the oldest one; of any number of takers exactly one gets it.
[[nodiscard]] std::optional<std::string> take(Transaction& tx);

}  // namespace reset_requests

namespace password_resets {

struct Reset {
    std::int64_t user_id = 0;
    std::string email_key;  // where the token went
};

void insert(Transaction& tx, const Digest& digest, const Reset& reset, Time now, Time expires_at);
[[nodiscard]] std::int64_t count_since(Transaction& tx, std::int64_t user_id, Time since);
[[nodiscard]] std::optional<Reset> find_live(Transaction& tx, const Digest& digest, Time now);
// True for exactly one of any number of callers at the same time.
[[nodiscard]] bool use(Transaction& tx, const Digest& digest, Time now);
// None of a user's tokens works any more. They are still counted by count_since().
void void_all(Transaction& tx, std::int64_t user_id);
std::int64_t remove_created_before(Transaction& tx, Time before, int limit);

}  // namespace password_resets
}  // namespace auth
