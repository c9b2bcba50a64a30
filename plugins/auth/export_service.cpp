#include "plugins/auth/export_service.hpp"

#include <gatehouse/problem.hpp>
#include <gatehouse/storage/rows.hpp>

#include "plugins/auth/account_repository.hpp"
#include "plugins/auth/bcrypt.hpp"
#include "plugins/auth/former_names.hpp"

namespace auth {
namespace {

using gatehouse::Row;

constexpr int kRowsMax = 1'000;
constexpr char kSessions[] =
    "select id, device, address, created_at, last_used_at, idle_expires_at, revoked_at from sessions where user_id = $1"
    " order by id desc limit $2";
constexpr char kResets[] =
    "select created_at from password_resets where user_id = $1 order by created_at desc limit $2";
constexpr char kCode[] = "select email_key, sent, expires_at from email_codes where user_id = $1";

Time time_at(const Row& row, std::size_t column) { return gatehouse::from_unix_ms(row.get<std::int64_t>(column)); }

std::optional<Time> optional_time_at(const Row& row, std::size_t column) {
    return row.is_null(column) ? std::nullopt : std::optional(time_at(row, column));
}

ExportedSession to_session(const Row& row) {
    return {.id = row.get<std::int64_t>(0),
            .device = row.get<std::string>(1),
            .ip = row.get<std::string>(2),
            .created_at = time_at(row, 3),
            .last_used_at = time_at(row, 4),
            .expires_at = time_at(row, 5),
            .ended_at = optional_time_at(row, 6)};
}

ExportedReset to_reset(const Row& row) { return {time_at(row, 0)}; }

ExportedCode to_code(const Row& row) {
    const bool is_used = row.get<std::int64_t>(2) == 0;
    return {row.get<std::string>(0), row.get<std::int64_t>(1), is_used ? std::nullopt : optional_time_at(row, 2)};
}

}  // namespace

AccountExport ExportService::export_of(std::int64_t user_id) const {
    return database_.read([&](gatehouse::Transaction& tx) {
        auto credentials = accounts::find_credentials(tx, user_id);
        if (!credentials) throw gatehouse::NotFound();
        auto names = former_names::list(tx, user_id, credentials->account.username);
        return AccountExport{.exported_at = clock_.wall(),
                             .account = std::move(credentials->account),
                             .former_names = std::move(names),
                             .password_hash_kind = bcrypt_cost(credentials->password_hash) ? "bcrypt" : "argon2id",
                             .sessions = tx.query(kSessions, user_id, kRowsMax).all<ExportedSession>(to_session),
                             .password_resets = tx.query(kResets, user_id, kRowsMax).all<ExportedReset>(to_reset),
                             .email_code = tx.query(kCode, user_id).maybe<ExportedCode>(to_code)};
    });
}

}  // namespace auth
