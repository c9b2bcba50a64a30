#include "plugins/auth/account_events.hpp"

namespace auth::account_events {
namespace {

using gatehouse::field;
using gatehouse::fields;

struct Registered {
    std::int64_t id = 0;
    std::string username, email;
    std::optional<std::string> full_name;
    std::vector<std::string> roles;
    Time created_at{};
};
constexpr auto describe(Registered*) {
    return fields(field("id", &Registered::id), field("username", &Registered::username),
                  field("email", &Registered::email), field("full_name", &Registered::full_name),
                  field("roles", &Registered::roles), field("created_at", &Registered::created_at));
}

struct Renamed {
    std::int64_t id = 0;
    std::string username;
};
constexpr auto describe(Renamed*) { return fields(field("id", &Renamed::id), field("username", &Renamed::username)); }

struct EmailChanged {
    std::int64_t id = 0;
    std::string email;
};
constexpr auto describe(EmailChanged*) {
    return fields(field("id", &EmailChanged::id), field("email", &EmailChanged::email));
}

struct StatusChanged {
    std::int64_t id = 0;
    Status status = Status::active;
};
constexpr auto describe(StatusChanged*) {
    return fields(field("id", &StatusChanged::id), field("status", &StatusChanged::status));
}

struct Deleted {
    std::int64_t id = 0;
};
constexpr auto describe(Deleted*) { return fields(field("id", &Deleted::id)); }

std::string subject_of(const Account& account) { return "user/" + std::to_string(account.id); }

}  // namespace

void registered(Transaction& tx, const Account& account) {
    tx.publish(
        "user.registered",
        Registered{account.id, account.username, account.email, account.full_name, account.roles, account.created_at},
        subject_of(account));
}

void changed(Transaction& tx, const Account& before, const Account& after) {
    const std::string subject = subject_of(after);
    if (before.username != after.username) tx.publish("user.renamed", Renamed{after.id, after.username}, subject);
    if (before.email != after.email) tx.publish("user.email_changed", EmailChanged{after.id, after.email}, subject);
    if (before.status == after.status) return;
    tx.publish("user.status_changed", StatusChanged{after.id, after.status}, subject);
    if (after.status == Status::deleted) tx.publish("user.deleted", Deleted{after.id}, subject);
}

}  // namespace auth::account_events
