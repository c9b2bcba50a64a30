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

// The old address is there so that its owner can be warned.
struct EmailChanged {
    std::int64_t id = 0;
    std::string username, email, old_email;
};
constexpr auto describe(EmailChanged*) {
    return fields(field("id", &EmailChanged::id), field("username", &EmailChanged::username),
                  field("email", &EmailChanged::email), field("old_email", &EmailChanged::old_email));
}

struct EmailVerified {
    std::int64_t id = 0;
    std::string email;
};
constexpr auto describe(EmailVerified*) {
    return fields(field("id", &EmailVerified::id), field("email", &EmailVerified::email));
}

struct PasswordChanged {
    std::int64_t id = 0;
    std::string username, email;
    Time at{};
};
constexpr auto describe(PasswordChanged*) {
    return fields(field("id", &PasswordChanged::id), field("username", &PasswordChanged::username),
                  field("email", &PasswordChanged::email), field("at", &PasswordChanged::at));
}

struct LoggedIn {
    std::int64_t id = 0, session_id = 0;
    std::string username, ip, device;
    Time at{};
};
constexpr auto describe(LoggedIn*) {
    return fields(field("id", &LoggedIn::id), field("session_id", &LoggedIn::session_id),
                  field("username", &LoggedIn::username), field("ip", &LoggedIn::ip),
                  field("device", &LoggedIn::device), field("at", &LoggedIn::at));
}

struct RolesChanged {
    std::int64_t id = 0;
    std::vector<std::string> roles;
};
constexpr auto describe(RolesChanged*) {
    return fields(field("id", &RolesChanged::id), field("roles", &RolesChanged::roles));
}

struct StatusChanged {
    std::int64_t id = 0;
    std::string username, email;
    Status status = Status::active;
    std::optional<std::string> reason;
};
constexpr auto describe(StatusChanged*) {
    return fields(field("id", &StatusChanged::id), field("username", &StatusChanged::username),
                  field("email", &StatusChanged::email), field("status", &StatusChanged::status),
                  field("reason", &StatusChanged::reason));
}

struct Deleted {
    std::int64_t id = 0;
};
constexpr auto describe(Deleted*) { return fields(field("id", &Deleted::id)); }

std::string subject_of(std::int64_t id) { return "user/" + std::to_string(id); }

}  // namespace

void registered(Transaction& tx, const Account& account) {
    tx.publish(
        "user.registered",
        Registered{account.id, account.username, account.email, account.full_name, account.roles, account.created_at},
        subject_of(account.id));
}

void changed(Transaction& tx, const Account& before, const Account& after, const std::optional<std::string>& reason) {
    const std::string subject = subject_of(after.id);
    if (before.username != after.username) tx.publish("user.renamed", Renamed{after.id, after.username}, subject);
    if (before.email != after.email) {
        tx.publish("user.email_changed", EmailChanged{after.id, after.username, after.email, before.email}, subject);
    }
    if (!before.email_verified && after.email_verified) email_verified(tx, after.id, after.email);
    if (before.roles != after.roles) tx.publish("user.roles_changed", RolesChanged{after.id, after.roles}, subject);
    if (before.status == after.status) return;
    tx.publish("user.status_changed", StatusChanged{after.id, after.username, after.email, after.status, reason},
               subject);
    if (after.status == Status::deleted) tx.publish("user.deleted", Deleted{after.id}, subject);
}

void email_verified(Transaction& tx, std::int64_t id, std::string_view email) {
    tx.publish("user.email_verified", EmailVerified{id, std::string(email)}, subject_of(id));
}

void password_changed(Transaction& tx, const Account& account, Time at) {
    tx.publish("user.password_changed", PasswordChanged{account.id, account.username, account.email, at},
               subject_of(account.id));
}

void logged_in(Transaction& tx, const Account& account, const Session& session) {
    tx.publish("user.logged_in",
               LoggedIn{account.id, session.id, account.username, session.address, session.device, session.created_at},
               subject_of(account.id));
}

}  // namespace auth::account_events
