// The table `email_codes`: SQL and nothing else.
#pragma once

#include <cstdint>
#include <gatehouse/storage/transaction.hpp>
#include <gatehouse/time.hpp>
#include <optional>
#include <string_view>

#include "plugins/auth/crypto.hpp"

namespace auth::email_codes {

using gatehouse::Time;
using gatehouse::Transaction;

struct NewCode {
    std::int64_t user_id = 0;
    std::string_view email_key;  // the address that it proves, in lower case
    Digest digest{};
    Time expires_at{};
};

// So many codes for a user in a window that begins with the first of them.
struct Allowance {
    int sent_max = 0;
    std::chrono::milliseconds window{};
};

// Replaces the code that the user had. False: the allowance is used up, and nothing was changed.
[[nodiscard]] bool replace(Transaction& tx, const NewCode& code, const Allowance& allowance, Time now);
// When the window of a user began in which codes were sent.
[[nodiscard]] std::optional<Time> window_began(Transaction& tx, std::int64_t user_id);

struct Live {
    std::int64_t user_id = 0;
    Digest digest{};
};
// Counts a try at the code of an active user with that address. Empty when there is none, or its tries or its time are
// over. Writes one row in every case.
[[nodiscard]] std::optional<Live> take_try(Transaction& tx, std::string_view email_key, int tries_max, Time now);
// The code works no more; what was sent is still remembered.
void use_up(Transaction& tx, std::int64_t user_id);

std::int64_t remove_over(Transaction& tx, Time now, Time window_began_before, int limit);

}  // namespace auth::email_codes
