// The table `former_names`: who was called something once keeps that name, so that nobody else stands behind what was
// written under it. It has every name of an account that was renamed, the present one among them.
#pragma once

#include <cstdint>
#include <gatehouse/storage/transaction.hpp>
#include <gatehouse/time.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace auth::former_names {

using gatehouse::Time;
using gatehouse::Transaction;

// Who has or had the name, any case, as far as this table knows: a name that was never changed is in `users` alone.
[[nodiscard]] std::optional<std::int64_t> holder(Transaction& tx, std::string_view username);
// Of the account, oldest first, folded; without its present one.
[[nodiscard]] std::vector<std::string> list(Transaction& tx, std::int64_t user_id, std::string_view present);

// Keeps a name that the account is about to give up.
void keep(Transaction& tx, std::int64_t user_id, std::string_view username);
// Gives the account a name that it has not had before. False when somebody else has it, or had it.
[[nodiscard]] bool take(Transaction& tx, std::int64_t user_id, std::string_view username, Time now);

struct Taken {
    std::int64_t count = 0;
    Time oldest{};  // meaningless when there are none
};
// Names that renamings have brought the account after that time.
[[nodiscard]] Taken taken_after(Transaction& tx, std::int64_t user_id, Time time);

}  // namespace auth::former_names
