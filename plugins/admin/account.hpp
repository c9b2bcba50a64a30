// An account as the service `auth` tells it, and the shapes in which administrators see and change it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gatehouse/describe.hpp>
#include <gatehouse/page.hpp>
#include <gatehouse/time.hpp>

namespace admin {

using gatehouse::field;
using gatehouse::fields;
using gatehouse::Time;

enum class Status { active, banned, deleted };
constexpr auto describe(Status*) {
    return gatehouse::names<Status>(
        {{"active", Status::active}, {"banned", Status::banned}, {"deleted", Status::deleted}});
}

struct Ban {
    std::int64_t user_id = 0;
    std::string reason;
    std::optional<Time> until;  // empty: for ever
    std::int64_t banned_by = 0;
    std::string banned_by_name;
    Time created_at{};
};
constexpr auto describe(Ban*) {
    return fields(field("reason", &Ban::reason), field("until", &Ban::until), field("banned_by", &Ban::banned_by),
                  field("banned_by_name", &Ban::banned_by_name), field("created_at", &Ban::created_at));
}

struct Account {
    std::int64_t id = 0;
    std::string username, email;
    std::vector<std::string> roles;
    bool email_verified = false;
    Status status = Status::active;
    std::optional<std::string> full_name, phone;
    Time created_at{};
    std::optional<Time> last_login_at;
    std::optional<Ban> ban;  // known here, not to auth

    [[nodiscard]] bool has_role(std::string_view role) const;
};
constexpr auto describe(Account*) {
    return fields(
        field("id", &Account::id), field("username", &Account::username), field("email", &Account::email),
        field("roles", &Account::roles), field("email_verified", &Account::email_verified),
        field("status", &Account::status), field("full_name", &Account::full_name), field("phone", &Account::phone),
        field("created_at", &Account::created_at), field("last_login_at", &Account::last_login_at),
        field("ban", &Account::ban, gatehouse::description("null as well when somebody was banned by other means")));
}

struct UserQuery : gatehouse::PageQuery {
    std::optional<Status> status;
    std::optional<bool> email_verified;
    std::optional<std::string> q;
};
constexpr auto describe(UserQuery*) {
    return fields(gatehouse::limit_field(), gatehouse::cursor_field(), field("status", &UserQuery::status),
                  field("email_verified", &UserQuery::email_verified),
                  field("q", &UserQuery::q, gatehouse::max_length(254),
                        gatehouse::description("beginning of the user name or of the e-mail address")));
}

inline constexpr std::size_t kReasonLengthMax = 1'000;

[[nodiscard]] bool is_not_blank(const std::string& text);

struct BanDraft {
    std::string reason;
    std::optional<Time> until;
};
constexpr auto describe(BanDraft*) {
    return fields(field("reason", &BanDraft::reason, gatehouse::max_length(kReasonLengthMax),
                        gatehouse::satisfies(&is_not_blank, "must not be blank")),
                  field("until", &BanDraft::until, gatehouse::description("in the future; absent: for ever")));
}

struct RolesDraft {
    std::vector<std::string> roles;
};
constexpr auto describe(RolesDraft*) {
    return fields(field("roles", &RolesDraft::roles, gatehouse::min_items(1), gatehouse::max_items(16),
                        gatehouse::each(gatehouse::max_length(32))));
}

}  // namespace admin
