// What other services tell; what they may leave out is optional.
#pragma once

#include <gatehouse/describe.hpp>
#include <gatehouse/time.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace notify {

// user.registered, user.renamed, user.email_changed, user.email_verified, user.password_changed, user.status_changed
// and user.deleted of auth: what they have in common and what one of them has.
struct AccountTold {
    std::int64_t id = 0;
    std::optional<std::string> username, email, old_email, status, reason;
};
constexpr auto describe(AccountTold*) {
    using gatehouse::field;
    return gatehouse::fields(field("id", &AccountTold::id), field("username", &AccountTold::username),
                             field("email", &AccountTold::email), field("old_email", &AccountTold::old_email),
                             field("status", &AccountTold::status), field("reason", &AccountTold::reason));
}

// user.email_verification_requested and user.password_reset_requested of auth. sealed: the code or token, for us alone.
struct SecretRequested {
    std::int64_t id = 0;
    std::string username, email, sealed;
    gatehouse::Time expires_at{};
};
constexpr auto describe(SecretRequested*) {
    using gatehouse::field;
    return gatehouse::fields(field("id", &SecretRequested::id), field("username", &SecretRequested::username),
                             field("email", &SecretRequested::email), field("sealed", &SecretRequested::sealed),
                             field("expires_at", &SecretRequested::expires_at));
}

// subscription.created of subscriptions.
struct Followed {
    std::int64_t follower_id = 0, user_id = 0;
    std::optional<std::string> follower_name;
};
constexpr auto describe(Followed*) {
    using gatehouse::field;
    return gatehouse::fields(field("follower_id", &Followed::follower_id), field("user_id", &Followed::user_id),
                             field("follower_name", &Followed::follower_name));
}

// order.status_changed of orders.
struct OrderMoved {
    std::string id;
    std::int64_t user_id = 0;
    std::string status;
};
constexpr auto describe(OrderMoved*) {
    using gatehouse::field;
    return gatehouse::fields(field("id", &OrderMoved::id), field("user_id", &OrderMoved::user_id),
                             field("status", &OrderMoved::status));
}

}  // namespace notify
