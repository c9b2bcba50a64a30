// A user as this service knows him: who may log in, as what.
#pragma once

#include <cstdint>
#include <gatehouse/describe.hpp>
#include <gatehouse/time.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace auth {

using gatehouse::Time;

enum class Status { active, banned, deleted };
constexpr auto describe(Status*) {
    return gatehouse::names<Status>(
        {{"active", Status::active}, {"banned", Status::banned}, {"deleted", Status::deleted}});
}

struct Account {
    std::int64_t id = 0;
    std::string username;
    std::string email;
    bool email_verified = false;
    std::vector<std::string> roles;
    Status status = Status::active;
    // Grows whenever tokens that were issued before must stop working while the sessions live on: other roles.
    std::int64_t token_version = 1;
    std::optional<std::string> full_name;
    std::optional<std::string> phone;
    Time created_at{};
    std::optional<Time> last_login_at;
};

// What the owner of the account sees. Members in the order of the API.
constexpr auto describe(Account*) {
    using gatehouse::field;
    return gatehouse::fields(
        field("id", &Account::id), field("username", &Account::username), field("email", &Account::email),
        field("roles", &Account::roles), field("email_verified", &Account::email_verified),
        field("status", &Account::status), field("full_name", &Account::full_name), field("phone", &Account::phone),
        field("created_at", &Account::created_at), field("last_login_at", &Account::last_login_at));
}

inline constexpr std::size_t kUsernameMin = 3, kUsernameMax = 32, kEmailBytesMax = 254, kRolesMax = 16;

// 3 to 32 of the ASCII letters, digits, '_', '.', '-', with at least one letter, so that a name is never taken for an
// id. ASCII only: no two names look alike, whatever the script and normal form.
[[nodiscard]] bool is_username(std::string_view text);
// local@domain of RFC 5321 without quoting, ASCII, at most 254 bytes.
[[nodiscard]] bool is_email(std::string_view text);
// A role is 1 to 32 of a-z, 0-9, '_', '-', beginning with a letter.
[[nodiscard]] bool is_role(std::string_view text);
[[nodiscard]] bool are_roles(const std::vector<std::string>& roles);
// '+' and digits, spaces, dots, hyphens and parentheses; 5 to 15 digits (E.164).
[[nodiscard]] bool is_phone(std::string_view text);

// ASCII letters to lower case: names and addresses are unique regardless of case.
[[nodiscard]] std::string fold_case(std::string_view text);

// "admin,user", the form of the X-User-Roles field and of the database.
[[nodiscard]] std::string join_roles(const std::vector<std::string>& roles);
[[nodiscard]] std::vector<std::string> split_roles(std::string_view text);

}  // namespace auth
