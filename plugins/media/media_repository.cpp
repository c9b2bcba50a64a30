#include "plugins/media/media_repository.hpp"

namespace media::repository {

namespace {

#define MEDIA_COLUMNS "id, owner_id, object_name, content_type, width, height, bytes, created_at"

constexpr char kInsertObject[] = "insert into objects (name) values ($1) on conflict do nothing";
constexpr char kFindObject[] = "select is_leaving from objects where name = $1";
constexpr char kReserve[] =
    "insert into reservations (id, object_name, until) values ($1, $2, $3)"
    " on conflict (id) do update set until = excluded.until";
constexpr char kEndReservation[] = "delete from reservations where id = $1";
constexpr char kInsert[] = "insert into media (" MEDIA_COLUMNS ") values ($1, $2, $3, $4, $5, $6, $7, $8)";
constexpr char kFind[] = "select " MEDIA_COLUMNS " from media where id = $1";
constexpr char kSomeOf[] = "select " MEDIA_COLUMNS " from media where owner_id = $1 order by id limit $2";
constexpr char kFindAllSqlite[] = "select " MEDIA_COLUMNS " from media where id in (select value from json_each($1))";
constexpr char kFindAllPostgresql[] = "select " MEDIA_COLUMNS " from media where id = any($1::text[])";
constexpr char kRemove[] = "delete from media where id = $1";

constexpr char kHoldSqlite[] =
    "select name from objects where not is_leaving and name in (select value from json_each($1))";
constexpr char kHoldPostgresql[] =
    "select name from objects where not is_leaving and name = any($1::text[]) order by name for share";

#define NOTHING_REFERS_TO_IT                                                  \
    "not exists (select 1 from media where media.object_name = objects.name)" \
    " and not exists (select 1 from reservations r where r.object_name = objects.name and r.until > $1)"

constexpr char kLetGo[] = "update objects set is_leaving = $3 where name = $2 and " NOTHING_REFERS_TO_IT;
constexpr char kForgetReservations[] = "delete from reservations where object_name = $1";
constexpr char kForget[] = "delete from objects where name = $1 and is_leaving";
constexpr char kIdle[] =
    "select name from objects where is_leaving or (" NOTHING_REFERS_TO_IT ") order by name limit $2";

// SQLite has one writer at a time, and no such clause.
std::string for_update(const Transaction& tx, std::string_view sql) {
    return std::string(sql) + (tx.engine() == gatehouse::Engine::postgresql ? " for update" : "");
}

// Many texts in one parameter. REQUIRES: they are UUIDs or names of objects, which need no escapes.
std::string list_of(gatehouse::Engine engine, const std::vector<std::string>& texts) {
    const bool is_postgresql = engine == gatehouse::Engine::postgresql;
    std::string text(1, is_postgresql ? '{' : '[');
    for (const std::string& each : texts) text += (text.size() > 1 ? ",\"" : "\"") + each + '"';
    return text += is_postgresql ? '}' : ']';
}

// Empty: there is no such object.
std::optional<bool> lock_object(Transaction& tx, std::string_view name) {
    return tx.query(for_update(tx, kFindObject), name).maybe<bool>();
}

Media to_media(const gatehouse::Row& row) {
    Media media;
    media.id = row.get<std::string>("id");
    media.owner_id = row.get<std::int64_t>("owner_id");
    media.object_name = row.get<std::string>("object_name");
    media.content_type = row.get<std::string>("content_type");
    media.width = row.get<std::int64_t>("width");
    media.height = row.get<std::int64_t>("height");
    media.bytes = row.get<std::int64_t>("bytes");
    media.created_at = gatehouse::from_unix_ms(row.get<std::int64_t>("created_at"));
    return media;
}

}  // namespace

bool reserve(Transaction& tx, std::string_view object_name, std::string_view reservation, Time until) {
    tx.execute(kInsertObject, object_name);
    if (lock_object(tx, object_name).value_or(true)) return false;
    tx.execute(kReserve, reservation, object_name, gatehouse::to_unix_ms(until));
    return true;
}

bool keep(Transaction& tx, const Media& media, std::string_view reservation) {
    if (lock_object(tx, media.object_name).value_or(true)) return false;
    tx.execute(kEndReservation, reservation);
    tx.execute(kInsert, media.id, media.owner_id, media.object_name, media.content_type, media.width, media.height,
               media.bytes, gatehouse::to_unix_ms(media.created_at));
    return true;
}

void give_up(Transaction& tx, std::string_view reservation) { tx.execute(kEndReservation, reservation); }

std::optional<Media> find(Transaction& tx, std::string_view id) { return tx.query(kFind, id).maybe<Media>(to_media); }

std::optional<Media> lock(Transaction& tx, std::string_view id) {
    return tx.query(for_update(tx, kFind), id).maybe<Media>(to_media);
}

std::vector<Media> lock_some_of(Transaction& tx, std::int64_t owner_id, int limit) {
    return tx.query(for_update(tx, kSomeOf), owner_id, limit).all<Media>(to_media);
}

std::vector<Media> find_all(Transaction& tx, const std::vector<std::string>& ids) {
    if (ids.empty()) return {};
    const bool is_postgresql = tx.engine() == gatehouse::Engine::postgresql;
    return tx.query(is_postgresql ? kFindAllPostgresql : kFindAllSqlite, list_of(tx.engine(), ids))
        .all<Media>(to_media);
}

void remove(Transaction& tx, std::string_view id) { tx.execute(kRemove, id); }

bool let_go(Transaction& tx, std::string_view object_name, Time now) {
    const auto is_leaving = lock_object(tx, object_name);
    if (!is_leaving) return false;
    return *is_leaving || tx.execute(kLetGo, gatehouse::to_unix_ms(now), object_name, true) == 1;
}

void forget(Transaction& tx, std::string_view object_name) {
    if (!lock_object(tx, object_name).value_or(false)) return;
    tx.execute(kForgetReservations, object_name);
    tx.execute(kForget, object_name);
}

bool hold_all(Transaction& tx, const std::vector<std::string>& object_names) {
    const bool is_postgresql = tx.engine() == gatehouse::Engine::postgresql;
    const auto held = tx.query(is_postgresql ? kHoldPostgresql : kHoldSqlite, list_of(tx.engine(), object_names));
    return held.size() == object_names.size();
}

std::vector<std::string> idle_objects(Transaction& tx, Time now, int limit) {
    return tx.query(kIdle, gatehouse::to_unix_ms(now), limit).all<std::string>();
}

}  // namespace media::repository
