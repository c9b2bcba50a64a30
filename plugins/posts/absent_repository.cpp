#include "plugins/posts/absent_repository.hpp"

namespace posts::absent {

namespace {

constexpr char kPut[] =
    "insert into absent_authors (user_id, status, since) values ($1, $2, $3) "
    "on conflict (user_id) do update set status = excluded.status, since = excluded.since, is_gone = excluded.is_gone "
    "where absent_authors.status <> excluded.status";
constexpr char kRemove[] = "delete from absent_authors where user_id = $1";
constexpr char kContains[] = "select exists (select 1 from absent_authors where user_id = $1) as found";
constexpr char kLeavers[] =
    "select user_id, since from absent_authors where status = 'deleted' and not is_gone order by since limit $1";
constexpr char kIsLeaving[] =
    "select exists (select 1 from absent_authors where user_id = $1 and status = 'deleted') as found";
constexpr char kFinish[] = "update absent_authors set is_gone = $2 where user_id = $1 and status = 'deleted'";

}  // namespace

void put(Transaction& tx, std::int64_t user_id, std::string_view status, Time now) {
    tx.execute(kPut, user_id, status, gatehouse::to_unix_ms(now));
}

void remove(Transaction& tx, std::int64_t user_id) { tx.execute(kRemove, user_id); }

bool contains(Transaction& tx, std::int64_t user_id) { return tx.query(kContains, user_id).one<bool>(); }

std::vector<Leaver> leavers(Transaction& tx, int limit) {
    return tx.query(kLeavers, limit).all<Leaver>([](const gatehouse::Row& row) {
        return Leaver{row.get<std::int64_t>(0), gatehouse::from_unix_ms(row.get<std::int64_t>(1))};
    });
}

bool is_leaving(Transaction& tx, std::int64_t user_id) { return tx.query(kIsLeaving, user_id).one<bool>(); }

void finish(Transaction& tx, std::int64_t user_id) { tx.execute(kFinish, user_id, true); }

}  // namespace posts::absent
