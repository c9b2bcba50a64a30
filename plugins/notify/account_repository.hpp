// The table `accounts`: who can be told, where, in which language, and what they do not want to hear.
#pragma once

#include <gatehouse/storage/transaction.hpp>
#include <gatehouse/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/notify/kind.hpp"

namespace notify {

using gatehouse::Time;
using gatehouse::Transaction;

struct Account {
    std::int64_t user_id = 0;
    std::string username, email;  // empty: not told yet
    bool is_confirmed = false;
    std::optional<Language> language;
    std::vector<Kind> muted_mail, muted_in_app;
};

namespace accounts {

[[nodiscard]] std::optional<Account> find(Transaction& tx, std::int64_t user_id);
// One that was never told of has its id alone.
[[nodiscard]] Account find_or_unknown(Transaction& tx, std::int64_t user_id);
// Makes it, or takes over what is not empty. Another e-mail address is not confirmed.
void learn(Transaction& tx, std::int64_t user_id, std::string_view username, std::string_view email);
// Unless the address is another one by now.
void confirm(Transaction& tx, std::int64_t user_id, std::string_view email);
// Language and what is muted; makes the account if it is unknown.
void choose(Transaction& tx, const Account& account);
// One more mail about a follower, of at most so many in an hour, which begins with the first. False: it is one too
// many.
[[nodiscard]] bool take_follower_mail(Transaction& tx, std::int64_t user_id, Time now, int mails_max);
void remove(Transaction& tx, std::int64_t user_id);
// As it is kept in muted_mail and muted_in_app.
[[nodiscard]] std::string to_text(const std::vector<Kind>& kinds);

}  // namespace accounts
}  // namespace notify
