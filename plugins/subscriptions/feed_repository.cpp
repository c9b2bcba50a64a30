#include "plugins/subscriptions/feed_repository.hpp"

namespace subscriptions::feed {

namespace {

constexpr char kPut[] =
    "insert into feed_posts (post_id, author_id, visibility) values ($1, $2, $3) "
    "on conflict (post_id) do update set visibility = excluded.visibility";
constexpr char kRemove[] = "delete from feed_posts where post_id = $1";
constexpr char kLastArrival[] = "select coalesce(max(seq), 0) from feed_posts";
constexpr char kState[] =
    "select coalesce((select version from readers where user_id = $1), 0), "
    "(select coalesce(max(seq), 0) from feed_posts)";
constexpr char kArrived[] =
    "select n.seq, n.post_id from (select seq, post_id, author_id from feed_posts where seq > $2 order by seq "
    "limit $3) n join follows f on f.follower_id = $1 and f.user_id = n.author_id order by n.seq";

}  // namespace

void put(Transaction& tx, std::int64_t post_id, std::int64_t author_id, std::string_view visibility) {
    tx.execute_later(kPut, post_id, author_id, visibility);
}

void remove(Transaction& tx, std::int64_t post_id) { tx.execute_later(kRemove, post_id); }

std::int64_t last_arrival(Transaction& tx) { return tx.query(kLastArrival).one<std::int64_t>(); }

State state(Transaction& tx, std::int64_t reader) {
    return tx.query(kState, reader).one<State>([](const gatehouse::Row& row) {
        return State{row.get<std::int64_t>(0), row.get<std::int64_t>(1)};
    });
}

std::vector<Arrival> arrived(Transaction& tx, std::int64_t reader, std::int64_t after, int scanned) {
    return tx.query(kArrived, reader, after, scanned).all<Arrival>([](const gatehouse::Row& row) {
        return Arrival{row.get<std::int64_t>(0), row.get<std::int64_t>(1)};
    });
}

}  // namespace subscriptions::feed
