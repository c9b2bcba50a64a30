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
#include "plugins/auth/password_policy.hpp"

namespace auth {

inline constexpr char kUsernameRule[] =
    "must have 3 to 32 characters: letters A-Z, digits, '_', '.', '-', and at least one letter";
inline constexpr char kEmailRule[] = "must be an e-mail address";
inline constexpr char kPhoneRule[] = "must be a telephone number of 5 to 15 digits";
inline constexpr char kRolesRule[] = "must be at most 16 names of a-z, 0-9, '_', '-', beginning with a letter";

// The rules of password_policy.hpp that need no more than the password, so that they are told together with the rest.
template <class Struct>
constexpr auto new_password_field(std::string_view name, std::string Struct::*member) {
    using namespace gatehouse;
    return field(name, member, min_length(kPasswordCharactersMin), max_length(kPasswordCharactersMax), write_only,
                 satisfies([](const std::string& password) { return !is_common_password(password); },
                           "is one of the most common passwords"));
}

inline void check_password(const NewAccount& draft, gatehouse::FieldErrors& errors) {
    const auto problem = password_problem(draft.password, draft.username, draft.email);
    if (problem) errors.add("password", *problem);
}

constexpr auto describe(NewAccount*) {
    using namespace gatehouse;
    return fields(field("username", &NewAccount::username, satisfies(is_username, kUsernameRule)),
                  field("email", &NewAccount::email, satisfies(is_email, kEmailRule)),
                  new_password_field("password", &NewAccount::password),
                  field("full_name", &NewAccount::full_name, min_length(1), max_length(100)),
                  field("phone", &NewAccount::phone, satisfies(is_phone, kPhoneRule)))
        .check(check_password);
}

// What an administrator may say of an account in addition.
struct ManagedAccount : NewAccount {};
constexpr auto describe(ManagedAccount*) {
    using namespace gatehouse;
    return fields(field("username", &NewAccount::username, satisfies(is_username, kUsernameRule)),
                  field("email", &NewAccount::email, satisfies(is_email, kEmailRule)),
                  new_password_field("password", &NewAccount::password),
                  field("full_name", &NewAccount::full_name, min_length(1), max_length(100)),
                  field("phone", &NewAccount::phone, satisfies(is_phone, kPhoneRule)),
                  field("roles", &NewAccount::roles, optional_default, satisfies(are_roles, kRolesRule)))
        .check(check_password);
}

struct RenameBody : NewNames {
    std::string password;
};
constexpr auto describe(RenameBody*) {
    using namespace gatehouse;
    return fields(field("username", &RenameBody::username, satisfies(is_username, kUsernameRule)),
                  field("email", &RenameBody::email, satisfies(is_email, kEmailRule)),
                  field("password", &RenameBody::password, write_only));
}

struct PasswordBody {
    std::string old_password, new_password;
};
constexpr auto describe(PasswordBody*) {
    using namespace gatehouse;
    return fields(field("old_password", &PasswordBody::old_password, write_only),
                  new_password_field("new_password", &PasswordBody::new_password));
}

constexpr auto describe(NewRights*) {
    using namespace gatehouse;
    return fields(field("status", &NewRights::status, not_null),
                  field("roles", &NewRights::roles, not_null, satisfies(are_roles, kRolesRule)));
}

struct UserQuery : gatehouse::PageQuery {
    std::optional<std::vector<std::int64_t>> ids;
    std::optional<std::string> q;
    std::optional<Status> status;
};
constexpr auto describe(UserQuery*) {
    using namespace gatehouse;
    return fields(limit_field(), cursor_field(), field("ids", &UserQuery::ids, max_items(100)),
                  field("q", &UserQuery::q, max_length(254)), field("status", &UserQuery::status));
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
    AccountHandlers(AccountService& accounts, const Callers& callers, std::string_view cursor_secret);

    [[nodiscard]] gatehouse::Response sign_up(const gatehouse::Request& request, const NewAccount& draft) const;
    [[nodiscard]] Account show_own(const gatehouse::Request& request) const;
    [[nodiscard]] Account rename(const gatehouse::Request& request, const RenameBody& body) const;
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
    const Callers& callers_;
    const gatehouse::Cursors cursors_;
};

}  // namespace auth
