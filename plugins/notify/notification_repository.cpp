#include "plugins/notify/notification_repository.hpp"

#include <gatehouse/binding.hpp>

namespace notify::notifications {

namespace {

using gatehouse::to_unix_ms;

#define NOTIFICATION_COLUMNS "id, user_id, source, event_id, kind, fields, created_at, read_at"

constexpr char kInsert[] =
    "insert into notifications (id, user_id, source, event_id, kind, fields, created_at) values ($1, $2, $3, $4, $5, "
    "$6, "
    "$7) on conflict (source, event_id, kind) do nothing";
constexpr char kList[] =
    "select " NOTIFICATION_COLUMNS " from notifications where user_id = $1 and id < $2 order by id desc limit $3";
constexpr char kListUnread[] =
    "select " NOTIFICATION_COLUMNS
    " from notifications where user_id = $1 and id < $2 and read_at is null order by id desc "
    "limit $3";
constexpr char kListNew[] =
    "select " NOTIFICATION_COLUMNS
    " from notifications where user_id = $1 and (id > $2 or created_at >= $3) order by id limit $4";
constexpr char kNewest[] = "select coalesce(max(id), 0) from notifications where user_id = $1";
constexpr char kCountUnread[] = "select count(*) from notifications where user_id = $1 and read_at is null";
constexpr char kReadOne[] = "update notifications set read_at = $3 where user_id = $1 and id = $2 and read_at is null";
constexpr char kReadUpTo[] =
    "update notifications set read_at = $3 where user_id = $1 and id <= $2 and read_at is null";
constexpr char kPurge[] =
    "delete from notifications where id in (select id from notifications where coalesce(kept_from, created_at) < $1 "
    "limit $2)";
constexpr char kRemove[] = "delete from notifications where user_id = $1";

Notification to_notification(const gatehouse::Row& row) {
    Notification found;
    found.id = row.get<std::int64_t>("id");
    found.user_id = row.get<std::int64_t>("user_id");
    found.source = row.get<std::string>("source");
    found.event_id = row.get<std::string>("event_id");
    found.kind = kind_of(row.get<std::string>("kind")).value();
    found.fields = gatehouse::from_json<TextFields>(row.get<std::string>("fields"));
    found.created_at = gatehouse::from_unix_ms(row.get<std::int64_t>("created_at"));
    found.is_read = row.get<std::optional<std::int64_t>>("read_at").has_value();
    return found;
}

}  // namespace

bool insert(Transaction& tx, const Notification& one) {
    return tx.execute(kInsert, one.id, one.user_id, one.source, one.event_id, name_of(one.kind),
                      gatehouse::to_json(one.fields), to_unix_ms(one.created_at)) == 1;
}

std::vector<Notification> list(Transaction& tx, std::int64_t user_id, Which which, std::int64_t below, int limit) {
    return tx.query(which == Which::unread ? kListUnread : kList, user_id, below, limit)
        .all<Notification>(to_notification);
}

std::vector<Notification> list_new(Transaction& tx, std::int64_t user_id, std::int64_t above, Time since, int limit) {
    return tx.query(kListNew, user_id, above, to_unix_ms(since), limit).all<Notification>(to_notification);
}

std::int64_t newest(Transaction& tx, std::int64_t user_id) { return tx.query(kNewest, user_id).one<std::int64_t>(); }

std::int64_t count_unread(Transaction& tx, std::int64_t user_id) {
    return tx.query(kCountUnread, user_id).one<std::int64_t>();
}

void read_some(Transaction& tx, std::int64_t user_id, const std::vector<std::int64_t>& ids, Time now) {
    for (const std::int64_t id : ids) tx.execute(kReadOne, user_id, id, to_unix_ms(now));
}

void read_up_to(Transaction& tx, std::int64_t user_id, std::int64_t id, Time now) {
    tx.execute(kReadUpTo, user_id, id, to_unix_ms(now));
}

std::int64_t purge(Transaction& tx, Time made_before, int limit) {
    return tx.execute(kPurge, to_unix_ms(made_before), limit);
}

void remove_of(Transaction& tx, std::int64_t user_id) { tx.execute(kRemove, user_id); }

}  // namespace notify::notifications
