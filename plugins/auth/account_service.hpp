// Accounts: made, renamed, given another password, other rights.
#pragma once

#include <cstdint>
#include <functional>
#include <gatehouse/id.hpp>
#include <gatehouse/storage/database.hpp>
#include <optional>
#include <string>
#include <vector>

#include "plugins/auth/account_repository.hpp"
#include "plugins/auth/email_service.hpp"
#include "plugins/auth/login_service.hpp"
#include "plugins/auth/password_hasher.hpp"
#include "plugins/auth/session_service.hpp"

namespace auth {

struct NewAccount {
    std::string username;
    std::string email;
    std::string password;
    std::optional<std::string> full_name;
    std::optional<std::string> phone;
    std::vector<std::string> roles = {"user"};
};

struct NewNames {
    std::optional<std::string> username;
    std::optional<std::string> email;
};

// What somebody who asks for other rights has seen before; empty members = whatever they are.
struct KnownRights {
    std::optional<Status> status;
    std::optional<std::vector<std::string>> roles;
};

struct NewRights {
    std::optional<Status> status;
    std::optional<std::vector<std::string>> roles;
    std::optional<bool> email_verified;
    std::optional<std::string> reason;  // told to whoever listens, with another status
    std::optional<KnownRights> expected;
    bool keep_admin = false;  // refuse to leave nobody who is active and has the role `admin`
};

// Thread-safe; blocks. Throws problems: Conflict with the pointers of taken fields, Invalid, NotFound.
// REQUIRES: what it refers to outlives it, and the input has passed the rules of account.hpp.
class AccountService final {
public:
    AccountService(gatehouse::Database& database, PasswordHasher& hasher, LoginService& logins, EmailService& emails,
                   SessionService& sessions, Revocations& revocations, const Tokens& tokens, Clock clock);

    // With a session for its owner. REQUIRES: the name is not reserved (reserved_names.hpp).
    [[nodiscard]] Grant sign_up(const NewAccount& draft, const Client& client);
    // Likewise, with the roles of an invitation, which is then used up. Invalid when it is none, and for a reserved
    // name that is not an administrator's.
    [[nodiscard]] Grant accept(std::string_view invitation, NewAccount draft, const Client& client);
    [[nodiscard]] Account create(const NewAccount& draft);

    [[nodiscard]] Account find(std::int64_t id);
    // Active accounts only.
    [[nodiscard]] std::optional<Account> find_active(const std::string& username);
    [[nodiscard]] std::vector<Account> list(const AccountFilter& filter);

    // The password confirms. Forbidden when it is wrong. A new address is not verified. The account keeps its former
    // names; TooManyRequests when it collects them. allow: throws to refuse, with the account as it is before.
    [[nodiscard]] Account rename(std::int64_t id, const NewNames& names, const std::string& password,
                                 const Client& client, const std::function<void(const Account&)>& allow);
    // Ends all other sessions.
    void change_password(std::int64_t id, std::int64_t session_id, const std::string& old_password,
                         const std::string& new_password, const Client& client);
    // Tokens with the old rights stop working at once; of an account that is not active all sessions end. Conflict for
    // an account that is erased, that is not as expected, or that is the last administrator's and has to be kept.
    [[nodiscard]] Account change_rights(std::int64_t id, const NewRights& rights);
    // Deletes the account of a user who knows its password, as change_rights() does; Conflict for the last
    // administrator.
    void close(std::int64_t id, const std::string& password, const Client& client);

private:
    [[nodiscard]] Account prepare(const NewAccount& draft);
    // take: what else belongs to the transaction; throws to refuse.
    [[nodiscard]] Grant begin(const NewAccount& draft, const Client& client,
                              const std::function<void(Transaction&)>& take);
    void insert(Transaction& tx, const Account& account, std::string_view password_hash);
    void change_name(Transaction& tx, const Account& account, const std::string& username, Time now);
    void confirm(const Credentials& credentials, const std::string& password, const char* pointer,
                 const Client& client);
    [[nodiscard]] Credentials credentials_of(std::int64_t id);
    void refuse_taken(const std::string& username, const std::string& email);

    gatehouse::Database& database_;
    PasswordHasher& hasher_;
    LoginService& logins_;
    EmailService& emails_;
    SessionService& sessions_;
    Revocations& revocations_;
    const Tokens& tokens_;
    const Clock clock_;
    gatehouse::IdSource ids_;
};

// The problem for a name or an address that somebody else has; for the service's exception mapping.
[[nodiscard]] gatehouse::Problem taken(const gatehouse::UniqueViolation& violation);

}  // namespace auth
