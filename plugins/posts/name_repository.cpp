#include "plugins/posts/name_repository.hpp"

#include <utility>

#include "plugins/posts/id_list.hpp"

namespace posts::names {

namespace {

constexpr char kPut[] =
    "insert into author_names (user_id, name, sequence, told_at, since) values ($1, $2, $3, $4, $5) "
    "on conflict (user_id) do update set name = excluded.name, sequence = excluded.sequence, "
    "told_at = excluded.told_at, since = excluded.since, is_done = excluded.is_done "
    "where excluded.sequence >= author_names.sequence or excluded.told_at > author_names.told_at";
constexpr char kOf[] = "select name from author_names where user_id = $1";
constexpr char kForget[] = "delete from author_names where user_id = $1";
constexpr char kPending[] = "select user_id, name, since from author_names where not is_done order by since limit $1";
constexpr char kIsCurrent[] =
    "select exists (select 1 from author_names where user_id = $1 and name = $2 and since = $3) as found";
constexpr char kFinish[] = "update author_names set is_done = $4 where user_id = $1 and name = $2 and since = $3";

struct Columns {
    std::string table, key, user, name;
};

Columns columns_of(Place place) {
    switch (place) {
        case Place::posts: return {"posts", "id", "author_id", "author_name"};
        case Place::comments: return {"comments", "id", "author_id", "author_name"};
        case Place::likes: break;
    }
    return {"likes", "post_id", "user_id", "user_name"};
}

}  // namespace

void put(Transaction& tx, std::int64_t user_id, std::string_view name, const gatehouse::Event& event, Time now) {
    tx.execute(kPut, user_id, name, static_cast<std::int64_t>(event.sequence), gatehouse::to_unix_ms(event.time),
               gatehouse::to_unix_ms(now));
}

std::string of(Transaction& tx, const gatehouse::User& user) {
    return tx.query(kOf, user.id).maybe<std::string>().value_or(user.name);
}

void forget(Transaction& tx, std::int64_t user_id) { tx.execute(kForget, user_id); }

std::vector<Renamed> pending(Transaction& tx, int limit) {
    return tx.query(kPending, limit).all<Renamed>([](const gatehouse::Row& row) {
        return Renamed{row.get<std::int64_t>(0), row.get<std::string>(1),
                       gatehouse::from_unix_ms(row.get<std::int64_t>(2))};
    });
}

bool is_current(Transaction& tx, const Renamed& renamed) {
    return tx.query(kIsCurrent, renamed.user_id, renamed.name, gatehouse::to_unix_ms(renamed.since)).one<bool>();
}

void finish(Transaction& tx, const Renamed& renamed) {
    tx.execute(kFinish, renamed.user_id, renamed.name, gatehouse::to_unix_ms(renamed.since), true);
}

// An empty name is that of an empty place in a thread, and stays so.
Span look(Transaction& tx, Place place, const Renamed& renamed, std::int64_t after, int limit) {
    const Columns of = columns_of(place);
    const auto rows =
        tx.query("select " + of.key + ", (" + of.name + " <> $4 and " + of.name + " <> '') as is_outdated from " +
                     of.table + " where " + of.user + " = $1 and " + of.key + " > $2 order by " + of.key + " limit $3",
                 renamed.user_id, after, limit, renamed.name)
            .all<std::pair<std::int64_t, bool>>(
                [](const gatehouse::Row& row) { return std::pair(row.get<std::int64_t>(0), row.get<bool>(1)); });
    Span span;
    for (const auto& [key, is_outdated] : rows) {
        span.last = key;
        if (is_outdated) span.outdated.push_back(key);
    }
    return span;
}

// Rows are locked in the order of their keys, as everywhere.
void rewrite(Transaction& tx, Place place, const Renamed& renamed, std::span<const std::int64_t> keys) {
    const Columns of = columns_of(place);
    const std::string lock = tx.engine() == gatehouse::Engine::postgresql ? " for update" : "";
    tx.execute("update " + of.table + " set " + of.name + " = $2 where " + of.user + " = $1 and " + of.name +
                   " <> '' and " + of.key + " in (select " + of.key + " from " + of.table + " where " + of.user +
                   " = $1 and " + of.key + " " + in_ids(tx.engine(), "$3") + " order by " + of.key + lock + ")",
               renamed.user_id, renamed.name, id_list(tx.engine(), keys));
}

}  // namespace posts::names
