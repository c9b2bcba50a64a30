// One-time links for those who shall begin as something: the first administrator above all.
#pragma once

#include <chrono>
#include <gatehouse/describe.hpp>
#include <gatehouse/storage/database.hpp>
#include <gatehouse/time.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/auth/account.hpp"
#include "plugins/auth/clock.hpp"

namespace auth {

using gatehouse::Transaction;

namespace invitations {

// The roles that a token gives; empty for one that is unknown, used or old. take() uses it up, for exactly one of any
// number of callers at the same time.
[[nodiscard]] std::optional<std::vector<std::string>> find(Transaction& tx, std::string_view token, Time now);
[[nodiscard]] std::optional<std::vector<std::string>> take(Transaction& tx, std::string_view token, Time now);
std::int64_t remove_expired(Transaction& tx, Time now, int limit);

}  // namespace invitations

struct InviteBody {
    std::vector<std::string> roles = {"user", "admin"};
    std::chrono::seconds valid_for{std::chrono::hours(1)};
};
constexpr auto describe(InviteBody*) {
    using namespace gatehouse;
    return fields(field("roles", &InviteBody::roles, optional_default, satisfies(are_roles, "must be names of roles")),
                  field("valid_for", &InviteBody::valid_for, optional_default, description("at most 7d")));
}

struct Invitation {
    std::string token, link;
    std::vector<std::string> roles;
    Time expires_at{};
};
constexpr auto describe(Invitation*) {
    using gatehouse::field;
    return gatehouse::fields(field("token", &Invitation::token), field("link", &Invitation::link),
                             field("roles", &Invitation::roles), field("expires_at", &Invitation::expires_at));
}

// The operator's command. Thread-safe; blocks.
class InviteCommand final {
public:
    // public_url: what the link begins with, such as "https://example.com"; may be empty.
    InviteCommand(gatehouse::Database& database, std::string public_url, Clock clock);

    // The token is in no log and no table: who has the answer has it.
    [[nodiscard]] Invitation invite(const InviteBody& body);

private:
    gatehouse::Database& database_;
    const std::string public_url_;
    const Clock clock_;
};

}  // namespace auth
