// The table `users`: SQL and nothing else.
#pragma once

#include <cstdint>
#include <gatehouse/storage/transaction.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/auth/account.hpp"

namespace auth {

using gatehouse::Transaction;

// An account with what it takes to check its password.
struct Credentials {
    Account account;
    std::string password_hash;
};

// Which accounts, newest first. ids and search may be combined with status.
struct AccountFilter {
    std::vector<std::int64_t> ids;
    std::optional<std::string> search;  // beginning of the user name or of the e-mail address
    std::optional<Status> status;
    std::optional<bool> email_verified;
    std::optional<std::int64_t> before;  // id of the last one of the page before
    int limit = 20;
};

namespace accounts {

// UniqueViolation when the name or the address is taken. Former names are not looked at: see former_names.hpp.
void insert(Transaction& tx, const Account& account, std::string_view password_hash);
// False when the id, the address or the name is taken, be it as a former one. imported_cost: of a bcrypt hash.
[[nodiscard]] bool insert_imported(Transaction& tx, const Account& account, std::string_view password_hash,
                                   std::optional<int> imported_cost);
// Of all users who still have such a hash; 0 = nobody.
[[nodiscard]] int highest_imported_cost(Transaction& tx);
[[nodiscard]] std::optional<Account> find(Transaction& tx, std::int64_t id);
[[nodiscard]] std::optional<Account> find_by_name(Transaction& tx, std::string_view username);
[[nodiscard]] std::optional<Credentials> find_credentials(Transaction& tx, std::int64_t id);
// By user name, or by e-mail address when login has an '@'. Any case.
[[nodiscard]] std::optional<Credentials> find_by_login(Transaction& tx, std::string_view login);
[[nodiscard]] std::vector<Account> list(Transaction& tx, const AccountFilter& filter);

// Notes a login and locks the row, so that it excludes a ban and another password at the same time. False unless the
// account is active and its hash is still password_hash.
[[nodiscard]] bool touch_active(Transaction& tx, std::int64_t id, std::string_view password_hash, Time now);
// Only if the hash is still old_hash: of two changes at the same time one loses. False when it is not.
[[nodiscard]] bool replace_password(Transaction& tx, std::int64_t id, std::string_view old_hash,
                                    std::string_view new_hash, Time now);
// Whatever the old one was. False unless the account is active.
[[nodiscard]] bool set_password(Transaction& tx, std::int64_t id, std::string_view hash, Time now);
// Writes username, email and email_verified. May throw UniqueViolation.
void update_names(Transaction& tx, const Account& account, Time now);
// Notes that the address is its owner's. False when the account has another one by now.
[[nodiscard]] bool verify_email(Transaction& tx, std::int64_t id, std::string_view email_key, Time now);
// Writes roles and status, and with them a higher token version, which is returned. Empty when the account is erased.
[[nodiscard]] std::optional<std::int64_t> update_rights(Transaction& tx, const Account& account, Time now);
// Somebody else who is active and has the role `admin`. Whoever relies on it needs a serializable transaction.
[[nodiscard]] bool has_other_admin(Transaction& tx, std::int64_t than);
// Forgets what accounts deleted before that time have said of themselves, and their passwords: they cannot be restored.
// The address becomes free, the name does not. How many, at most limit.
std::int64_t erase_deleted(Transaction& tx, Time deleted_before, Time now, int limit);

struct VersionChange {
    std::int64_t user_id = 0;
    std::int64_t version = 0;
    std::int64_t at_ms = 0;
};
// Users whose token version changed after (at_ms, user_id), oldest first.
[[nodiscard]] std::vector<VersionChange> version_changes(Transaction& tx, std::int64_t after_ms, std::int64_t after_id,
                                                         int limit);

}  // namespace accounts
}  // namespace auth
