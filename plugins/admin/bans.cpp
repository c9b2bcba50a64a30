#include "plugins/admin/bans.hpp"

#include <string>

namespace admin::bans {

namespace {

#define BAN_COLUMNS "user_id, reason, until_at, banned_by, banned_by_name, created_at"

constexpr char kPut[] =
    "insert into bans (" BAN_COLUMNS
    ") values ($1, $2, $3, $4, $5, $6) on conflict (user_id) do update set reason = excluded.reason, "
    "until_at = excluded.until_at, banned_by = excluded.banned_by, banned_by_name = excluded.banned_by_name, "
    "created_at = excluded.created_at";
constexpr char kRemove[] = "delete from bans where user_id = $1";
constexpr char kOf[] = "select " BAN_COLUMNS " from bans where user_id in (";
constexpr char kOver[] =
    "select " BAN_COLUMNS
    " from bans where until_at <= $1 and not exists (select 1 from errands where target = 'user/' || bans.user_id) "
    "order by until_at limit $2";
constexpr char kIsOver[] =
    "select exists (select 1 from bans where user_id = $1 and until_at is not null and until_at <= $2) as is_over";

Ban to_ban(const gatehouse::Row& row) {
    Ban ban;
    ban.user_id = row.get<std::int64_t>(0);
    ban.reason = row.get<std::string>(1);
    if (const auto until = row.get<std::optional<std::int64_t>>(2)) ban.until = gatehouse::from_unix_ms(*until);
    ban.banned_by = row.get<std::int64_t>(3);
    ban.banned_by_name = row.get<std::string>(4);
    ban.created_at = gatehouse::from_unix_ms(row.get<std::int64_t>(5));
    return ban;
}

std::optional<std::int64_t> until_of(const Ban& ban) {
    return ban.until ? std::optional(gatehouse::to_unix_ms(*ban.until)) : std::nullopt;
}

}  // namespace

void put(Transaction& tx, const Ban& ban) {
    tx.execute(kPut, ban.user_id, ban.reason, until_of(ban), ban.banned_by, ban.banned_by_name,
               gatehouse::to_unix_ms(ban.created_at));
}

bool remove(Transaction& tx, std::int64_t user_id) { return tx.execute(kRemove, user_id) == 1; }

std::vector<Ban> of(Transaction& tx, const std::vector<std::int64_t>& user_ids) {
    if (user_ids.empty()) return {};
    std::string sql = kOf;
    std::vector<gatehouse::Parameter> parameters;
    for (const std::int64_t id : user_ids) {
        parameters.emplace_back(id);
        sql += (parameters.size() == 1 ? "$" : ", $") + std::to_string(parameters.size());
    }
    return tx.run(sql + ")", parameters).rows.all<Ban>(to_ban);
}

std::vector<Ban> over(Transaction& tx, Time now, int limit) {
    return tx.query(kOver, gatehouse::to_unix_ms(now), limit).all<Ban>(to_ban);
}

bool is_over(Transaction& tx, std::int64_t user_id, Time now) {
    return tx.query(kIsOver, user_id, gatehouse::to_unix_ms(now)).one<bool>();
}

}  // namespace admin::bans
