#include "plugins/auth/account_service.hpp"

#include <algorithm>
#include <gatehouse/problem.hpp>
#include <gatehouse/storage/errors.hpp>
#include <utility>

#include "plugins/auth/account_events.hpp"
#include "plugins/auth/form_rules.hpp"
#include "plugins/auth/former_names.hpp"
#include "plugins/auth/invitations.hpp"
#include "plugins/auth/password_policy.hpp"
#include "plugins/auth/reserved_names.hpp"
#include "plugins/auth/reset_repository.hpp"

namespace auth {
namespace {

using gatehouse::Conflict;
using gatehouse::Invalid;
using gatehouse::NotFound;

bool has_admin(const std::vector<std::string>& roles) {
    return std::find(roles.begin(), roles.end(), "admin") != roles.end();
}

bool is_admin(const Account& account) { return account.status == Status::active && has_admin(account.roles); }

void refuse_reserved(const std::string& username) {
    if (is_reserved_name(username)) throw Invalid("/username", kReservedName);
}

void require_expected(const Account& account, const KnownRights& expected) {
    const bool has_status = !expected.status || *expected.status == account.status;
    const bool has_roles = !expected.roles || split_roles(join_roles(*expected.roles)) == account.roles;
    if (!has_status || !has_roles) throw Conflict("The account has been changed.");
}

constexpr char kUsernameTaken[] = "is already taken";
constexpr char kEmailTaken[] = "is already registered";
// New names of one account, so that nobody collects them; to come back to an old one is free.
constexpr std::int64_t kNewNamesMax = 5;
constexpr std::chrono::days kNewNamesWindow{30};

Conflict name_taken() { return Conflict("The user name is already taken.", "/username"); }

void require_good_password(const std::string& password, const char* pointer, const Account& owner) {
    if (const auto problem = password_problem(password, owner.username, owner.email)) throw Invalid(pointer, *problem);
}

}  // namespace

gatehouse::Problem taken(const gatehouse::UniqueViolation& violation) {
    if (violation.violates("users.username_key")) return name_taken();
    if (violation.violates("users.email_key")) return Conflict("The e-mail address is already registered.", "/email");
    return gatehouse::ServiceUnavailable();  // two equal ids: the next try has another one
}

AccountService::AccountService(gatehouse::Database& database, PasswordHasher& hasher, LoginService& logins,
                               EmailService& emails, SessionService& sessions, Revocations& revocations,
                               const Tokens& tokens, Clock clock)
    : database_(database),
      hasher_(hasher),
      logins_(logins),
      emails_(emails),
      sessions_(sessions),
      revocations_(revocations),
      tokens_(tokens),
      clock_(std::move(clock)) {}

Grant AccountService::sign_up(const NewAccount& draft, const Client& client) {
    return begin(draft, client, [](Transaction&) {});
}

Grant AccountService::accept(std::string_view invitation, NewAccount draft, const Client& client) {
    const auto refuse = [] { throw Invalid("/token", "is not right, or not valid any more"); };
    const Time now = clock_.wall();
    const auto roles = database_.read([&](Transaction& tx) { return invitations::find(tx, invitation, now); });
    if (!roles) refuse();
    draft.roles = *roles;
    if (!has_admin(draft.roles)) refuse_reserved(draft.username);
    return begin(draft, client, [&](Transaction& tx) {
        if (!invitations::take(tx, invitation, now)) refuse();
    });
}

Grant AccountService::begin(const NewAccount& draft, const Client& client,
                            const std::function<void(Transaction&)>& take) {
    const Account account = prepare(draft);
    const std::string hash = hasher_.hash(draft.password);
    const auto begun = database_.write([&](Transaction& tx) {
        take(tx);
        insert(tx, account, hash);
        account_events::registered(tx, account);
        emails_.request(tx, account);
        return sessions_.begin(tx, account.id, client, account.created_at);
    });
    return sessions_.grant(account, begun);
}

Account AccountService::create(const NewAccount& draft) {
    const Account account = prepare(draft);
    const std::string hash = hasher_.hash(draft.password);
    database_.write([&](Transaction& tx) {
        insert(tx, account, hash);
        account_events::registered(tx, account);
        emails_.request(tx, account);
    });
    return account;
}

// Former names are looked at afterwards: a renaming that gave the name up at the same time is over by then.
void AccountService::insert(Transaction& tx, const Account& account, std::string_view password_hash) {
    accounts::insert(tx, account, password_hash);
    if (former_names::holder(tx, account.username)) throw name_taken();
}

Account AccountService::prepare(const NewAccount& draft) {
    Account account{.id = ids_.next(),
                    .username = draft.username,
                    .email = draft.email,
                    .roles = split_roles(join_roles(draft.roles)),
                    .full_name = draft.full_name,
                    .phone = draft.phone,
                    .created_at = clock_.wall(),
                    .last_login_at = std::nullopt};
    require_good_password(draft.password, "/password", account);
    refuse_taken(account.username, account.email);  // before the expensive hash; the unique index has the last word
    return account;
}

Account AccountService::find(std::int64_t id) {
    auto account = database_.read([&](Transaction& tx) { return accounts::find(tx, id); });
    if (!account) throw NotFound("There is no such user.");
    return std::move(*account);
}

std::optional<Account> AccountService::find_active(const std::string& username) {
    if (!is_username(username)) return std::nullopt;
    auto account = database_.read([&](Transaction& tx) { return accounts::find_by_name(tx, username); });
    if (account && account->status != Status::active) return std::nullopt;
    return account;
}

std::vector<Account> AccountService::list(const AccountFilter& filter) {
    return database_.read([&](Transaction& tx) { return accounts::list(tx, filter); });
}

Account AccountService::rename(std::int64_t id, const NewNames& names, const std::string& password,
                               const Client& client, const std::function<void(const Account&)>& allow) {
    confirm(credentials_of(id), password, "/password", client);
    const Time now = clock_.wall();
    return database_.write(gatehouse::Isolation::serializable, [&](Transaction& tx) {
        auto account = accounts::find(tx, id);
        if (!account) throw NotFound("There is no such user.");
        allow(*account);
        const Account before = *account;
        if (names.username) change_name(tx, before, *names.username, now);
        account->username = names.username.value_or(account->username);
        account->email = names.email.value_or(account->email);
        const bool has_moved = fold_case(account->email) != fold_case(before.email);
        if (has_moved) account->email_verified = false;
        accounts::update_names(tx, *account, now);
        account_events::changed(tx, before, *account);
        if (has_moved) {
            password_resets::void_all(tx, id);  // they are in the old mailbox
            emails_.request(tx, *account);
        }
        return std::move(*account);
    });
}

void AccountService::change_name(Transaction& tx, const Account& account, const std::string& username, Time now) {
    if (fold_case(username) == fold_case(account.username)) return;
    former_names::keep(tx, account.id, account.username);
    const auto holder = former_names::holder(tx, username);
    if (holder && *holder != account.id) throw name_taken();
    if (holder) return;  // he had it before
    refuse_reserved(username);
    const auto recent = former_names::taken_after(tx, account.id, now - kNewNamesWindow);
    if (recent.count >= kNewNamesMax) {
        throw gatehouse::TooManyRequests(
            std::chrono::ceil<std::chrono::seconds>(recent.oldest + kNewNamesWindow - now),
            "An account gets 5 new names in 30 days. You can go back to one that you had before.");
    }
    if (!former_names::take(tx, account.id, username, now)) throw name_taken();
}

void AccountService::change_password(std::int64_t id, std::int64_t session_id, const std::string& old_password,
                                     const std::string& new_password, const Client& client) {
    const Credentials credentials = credentials_of(id);
    if (old_password == new_password) throw Invalid("/new_password", "must differ from the old one");
    require_good_password(new_password, "/new_password", credentials.account);
    confirm(credentials, old_password, "/old_password", client);
    const std::string hash = hasher_.hash(new_password);
    const Time now = clock_.wall();
    const auto ended = database_.write([&](Transaction& tx) {
        if (!accounts::replace_password(tx, id, credentials.password_hash, hash, now)) {
            throw Conflict("The password was changed by another request.");
        }
        password_resets::void_all(tx, id);
        account_events::password_changed(tx, credentials.account, now);
        return sessions::revoke_all(tx, id, session_id, now);
    });
    sessions_.forget(ended);
}

Account AccountService::change_rights(std::int64_t id, const NewRights& rights) {
    const Time now = clock_.wall();
    const bool has_rights = rights.status || rights.roles;
    std::vector<std::int64_t> ended;
    const Account changed = database_.write(gatehouse::Isolation::serializable, [&](Transaction& tx) {
        ended.clear();
        auto account = accounts::find(tx, id);
        if (!account) throw NotFound("There is no such user.");
        const Account before = *account;
        if (rights.expected) require_expected(before, *rights.expected);
        account->status = rights.status.value_or(account->status);
        if (rights.roles) account->roles = split_roles(join_roles(*rights.roles));
        account->email_verified = rights.email_verified.value_or(account->email_verified);
        if (rights.keep_admin && is_admin(before) && !is_admin(*account) && !accounts::has_other_admin(tx, id)) {
            throw Conflict("There would be no administrator left.");
        }
        if (rights.email_verified) accounts::update_names(tx, *account, now);
        if (has_rights) {
            const auto version = accounts::update_rights(tx, *account, now);
            if (!version) throw Conflict("The account is erased.");
            account->token_version = *version;
        }
        account_events::changed(tx, before, *account, rights.reason);
        if (account->status != Status::active) {
            password_resets::void_all(tx, id);
            ended = sessions::revoke_all(tx, id, 0, now);
        }
        return std::move(*account);
    });
    sessions_.forget(ended);
    if (has_rights) {
        revocations_.require_version(id, changed.token_version,
                                     clock_.seconds() + tokens_.lifetime() + std::chrono::minutes(1));
    }
    return changed;
}

void AccountService::close(std::int64_t id, const std::string& password, const Client& client) {
    confirm(credentials_of(id), password, "/password", client);
    static_cast<void>(change_rights(id, {.status = Status::deleted,
                                         .roles = {},
                                         .email_verified = {},
                                         .reason = {},
                                         .expected = {},
                                         .keep_admin = true}));
}

void AccountService::confirm(const Credentials& credentials, const std::string& password, const char* pointer,
                             const Client& client) {
    const LoginResult result = logins_.confirm(credentials, password, client);
    if (result.outcome == LoginOutcome::throttled) throw gatehouse::TooManyRequests(result.retry_after);
    if (result.outcome != LoginOutcome::granted) {
        gatehouse::Forbidden problem("The password is not right.");
        problem.error({.pointer = pointer, .detail = "is not right", .parameter = {}});
        throw problem;
    }
}

Credentials AccountService::credentials_of(std::int64_t id) {
    auto credentials = database_.read([&](Transaction& tx) { return accounts::find_credentials(tx, id); });
    if (!credentials || credentials->account.status != Status::active) throw gatehouse::Unauthorized();
    return std::move(*credentials);
}

void AccountService::refuse_taken(const std::string& username, const std::string& email) {
    struct Taken {
        bool username, email;
    };
    const Taken taken = database_.read([&](Transaction& tx) {
        return Taken{accounts::find_by_login(tx, username) || former_names::holder(tx, username),
                     accounts::find_by_login(tx, email).has_value()};
    });
    if (!taken.username && !taken.email) return;
    Conflict problem("The user name or the e-mail address is already in use.");
    if (taken.username) problem.error({.pointer = "/username", .detail = kUsernameTaken, .parameter = {}});
    if (taken.email) problem.error({.pointer = "/email", .detail = kEmailTaken, .parameter = {}});
    throw problem;
}

}  // namespace auth
