// A user's own account, and what other services may do with anybody's.
#pragma once

#include <cstdint>
#include <gatehouse/handler.hpp>
#include <gatehouse/page.hpp>
#include <optional>
#include <string>
#include <vector>

#include "plugins/auth/account_service.hpp"
#include "plugins/auth/caller.hpp"
#include "plugins/auth/export_service.hpp"
#include "plugins/auth/form_rules.hpp"
#include "plugins/auth/grant_response.hpp"
#include "plugins/auth/password_policy.hpp"
#include "plugins/auth/request_limits.hpp"
#include "plugins/auth/reserved_names.hpp"

namespace auth {

inline void check_password(const NewAccount& draft, gatehouse::FieldErrors& errors) {
    const auto problem = password_problem(draft.password, draft.username, draft.email);
    if (problem) errors.add("password", *problem);
}

// Everybody's; see AccountService::accept() for who is invited.
inline void check_sign_up(const NewAccount& draft, gatehouse::FieldErrors& errors) {
    if (is_reserved_name(draft.username)) errors.add("username", kReservedName);
    check_password(draft, errors);
}

constexpr auto describe(NewAccount*) {
    using namespace gatehouse;
    return fields(field("username", &NewAccount::username, satisfies(is_username, kUsernameRule), example("ada")),
                  field("email", &NewAccount::email, satisfies(is_email, kEmailRule), example("ada@example.com")),
                  new_password_field("password", &NewAccount::password), full_name_field(&NewAccount::full_name),
                  field("phone", &NewAccount::phone, satisfies(is_phone, kPhoneRule), example("+7 912 345-67-89")))
        .check(check_sign_up);
}

// What an administrator may say of an account in addition.
struct ManagedAccount : NewAccount {};
constexpr auto describe(ManagedAccount*) {
    using namespace gatehouse;
    return fields(field("username", &NewAccount::username, satisfies(is_username, kUsernameRule), example("ada")),
                  field("email", &NewAccount::email, satisfies(is_email, kEmailRule), example("ada@example.com")),
                  new_password_field("password", &NewAccount::password), full_name_field(&NewAccount::full_name),
                  field("phone", &NewAccount::phone, satisfies(is_phone, kPhoneRule), example("+7 912 345-67-89")),
                  field("roles", &NewAccount::roles, optional_default, satisfies(are_roles, kRolesRule)))
        .check(check_password);
}

struct RenameBody : NewNames {
    std::string password;
};
constexpr auto describe(RenameBody*) {
    using namespace gatehouse;
    return fields(field("username", &RenameBody::username, satisfies(is_username, kUsernameRule), example("ada")),
                  field("email", &RenameBody::email, satisfies(is_email, kEmailRule), example("ada@example.com")),
                  field("password", &RenameBody::password, write_only));
}

struct CloseBody {
    std::string password;
};
constexpr auto describe(CloseBody*) {
    return gatehouse::fields(gatehouse::field("password", &CloseBody::password, gatehouse::write_only));
}

struct AcceptBody : NewAccount {
    std::string token;
};
constexpr auto describe(AcceptBody*) {
    using namespace gatehouse;
    return fields(field("token", &AcceptBody::token, min_length(1), max_length(128), write_only),
                  field("username", &NewAccount::username, satisfies(is_username, kUsernameRule), example("ada")),
                  field("email", &NewAccount::email, satisfies(is_email, kEmailRule), example("ada@example.com")),
                  new_password_field("password", &NewAccount::password), full_name_field(&NewAccount::full_name),
                  field("phone", &NewAccount::phone, satisfies(is_phone, kPhoneRule), example("+7 912 345-67-89")))
        .check(check_password);
}

struct PasswordBody {
    std::string old_password, new_password;
};
constexpr auto describe(PasswordBody*) {
    using namespace gatehouse;
    return fields(field("old_password", &PasswordBody::old_password, write_only),
                  new_password_field("new_password", &PasswordBody::new_password));
}

constexpr auto describe(KnownRights*) {
    using namespace gatehouse;
    return fields(field("status", &KnownRights::status), field("roles", &KnownRights::roles));
}

constexpr auto describe(NewRights*) {
    using namespace gatehouse;
    return fields(
        field("status", &NewRights::status, not_null), field("email_verified", &NewRights::email_verified, not_null),
        field("roles", &NewRights::roles, not_null, satisfies(are_roles, kRolesRule)),
        field("reason", &NewRights::reason, max_length(1'000), description("of another status, for the user")),
        field("expected", &NewRights::expected, description("409 when the account is not so")),
        field("keep_admin", &NewRights::keep_admin, optional_default,
              description("409 rather than to leave no active administrator")));
}

struct UserQuery : gatehouse::PageQuery {
    std::optional<std::vector<std::int64_t>> ids;
    std::optional<std::string> q;
    std::optional<Status> status;
    std::optional<bool> email_verified;
};
constexpr auto describe(UserQuery*) {
    using namespace gatehouse;
    return fields(
        limit_field(), cursor_field(), field("ids", &UserQuery::ids, max_items(100), description("these accounts")),
        field("q", &UserQuery::q, max_length(254), description("how the name or the address begins")),
        field("status", &UserQuery::status, description("accounts in this state")),
        field("email_verified", &UserQuery::email_verified, description("whether the address must be proved")));
}

struct UserName {
    std::int64_t id = 0;
    std::string username;
};
constexpr auto describe(UserName*) {
    return gatehouse::fields(gatehouse::field("id", &UserName::id), gatehouse::field("username", &UserName::username));
}

class AccountHandlers final {
public:
    // cursor_secret: the same in every process of this service.
    // lookups_per_user: names in a minute, 0 = any number.
    AccountHandlers(AccountService& accounts, const ExportService& exports, const Callers& callers,
                    const RequestLimits& limits, int lookups_per_user, CookieRules cookies,
                    std::string_view cursor_secret);

    [[nodiscard]] gatehouse::Response sign_up(const gatehouse::Request& request, const NewAccount& draft) const;
    [[nodiscard]] gatehouse::Response accept(const gatehouse::Request& request, const AcceptBody& body) const;
    [[nodiscard]] gatehouse::Tagged<Account> show_own(const gatehouse::Request& request) const;
    [[nodiscard]] gatehouse::Tagged<Account> rename(const gatehouse::Request& request, const RenameBody& body) const;
    [[nodiscard]] gatehouse::Response close(const gatehouse::Request& request, const CloseBody& body) const;
    [[nodiscard]] gatehouse::Response export_own(const gatehouse::Request& request) const;
    [[nodiscard]] gatehouse::NoContent change_password(const gatehouse::Request& request,
                                                       const PasswordBody& body) const;
    [[nodiscard]] std::optional<UserName> find(const gatehouse::Request& request,
                                               gatehouse::PathParam<std::string> name) const;

    // Internal.
    [[nodiscard]] gatehouse::Page<Account> list(gatehouse::Query<UserQuery> query) const;
    [[nodiscard]] gatehouse::Created<Account> create(const ManagedAccount& draft) const;
    [[nodiscard]] Account change_rights(gatehouse::PathParam<std::int64_t> id, const NewRights& rights) const;

private:
    AccountService& accounts_;
    const ExportService& exports_;
    const Callers& callers_;
    const RequestLimits& limits_;
    const int lookups_per_user_;
    const CookieRules cookies_;
    const gatehouse::Cursors cursors_;
};

}  // namespace auth
