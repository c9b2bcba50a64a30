// Everything that this service knows of a user, for himself (GDPR, article 15); no secrets, not even his own hash.
#pragma once

#include <cstdint>
#include <gatehouse/describe.hpp>
#include <gatehouse/storage/database.hpp>
#include <optional>
#include <string>
#include <vector>

#include "plugins/auth/account.hpp"
#include "plugins/auth/clock.hpp"

namespace auth {

struct ExportedSession {
    std::int64_t id = 0;
    std::string device, ip;
    Time created_at{}, last_used_at{}, expires_at{};
    std::optional<Time> ended_at;
};
constexpr auto describe(ExportedSession*) {
    using gatehouse::field;
    using S = ExportedSession;
    return gatehouse::fields(field("id", &S::id), field("device", &S::device), field("ip", &S::ip),
                             field("created_at", &S::created_at), field("last_used_at", &S::last_used_at),
                             field("expires_at", &S::expires_at), field("ended_at", &S::ended_at));
}

struct ExportedReset {
    Time created_at{};
};
constexpr auto describe(ExportedReset*) {
    return gatehouse::fields(gatehouse::field("created_at", &ExportedReset::created_at));
}

struct ExportedCode {
    std::string email;
    std::int64_t sent = 0;
    std::optional<Time> expires_at;
};
constexpr auto describe(ExportedCode*) {
    using gatehouse::field;
    return gatehouse::fields(field("email", &ExportedCode::email), field("sent", &ExportedCode::sent),
                             field("expires_at", &ExportedCode::expires_at));
}

struct AccountExport {
    Time exported_at{};
    Account account;
    std::vector<std::string> former_names;  // that are kept for the account, in lower case
    std::string password_hash_kind;         // "argon2id" or "bcrypt"
    std::vector<ExportedSession> sessions;
    std::vector<ExportedReset> password_resets;  // mails of the last hour
    std::optional<ExportedCode> email_code;
};
constexpr auto describe(AccountExport*) {
    using gatehouse::field;
    using E = AccountExport;
    return gatehouse::fields(field("exported_at", &E::exported_at), field("account", &E::account),
                             field("former_names", &E::former_names),
                             field("password_hash_kind", &E::password_hash_kind), field("sessions", &E::sessions),
                             field("password_resets", &E::password_resets), field("email_code", &E::email_code));
}

// Thread-safe; blocks.
class ExportService final {
public:
    ExportService(gatehouse::Database& database, Clock clock) : database_(database), clock_(std::move(clock)) {}

    // Of one moment. NotFound when there is no such account.
    [[nodiscard]] AccountExport export_of(std::int64_t user_id) const;

private:
    gatehouse::Database& database_;
    const Clock clock_;
};

}  // namespace auth
