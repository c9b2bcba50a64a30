#include "plugins/subscriptions/follow_repository.hpp"

namespace subscriptions::repository {

namespace {

constexpr char kInsert[] =
    "insert into follows (follower_id, user_id, id, created_at) values ($1, $2, $3, $4) "
    "on conflict (follower_id, user_id) do nothing";
constexpr char kFind[] =
    "select id, follower_id, user_id, created_at from follows where follower_id = $1 and user_id = $2";
constexpr char kRemove[] = "delete from follows where follower_id = $1 and user_id = $2";
constexpr char kCountFollowed[] =
    "select count(*) from (select 1 from follows where follower_id = $1 limit $2::bigint) f";
constexpr char kFollowedBy[] =
    "select id, follower_id, user_id, created_at from follows where follower_id = $1 and id < $2 "
    "order by id desc limit $3";
constexpr char kFollowersOf[] =
    "select id, follower_id, user_id, created_at from follows where user_id = $1 and id < $2 "
    "order by id desc limit $3";
constexpr char kTouchReader[] =
    "insert into readers (user_id, version) values ($1, 1) "
    "on conflict (user_id) do update set version = readers.version + 1";
constexpr char kInsertLeaver[] = "insert into leavers (user_id, since) values ($1, $2) on conflict do nothing";
constexpr char kIsLeaver[] = "select exists (select 1 from leavers where user_id = $1) as found";
constexpr char kLeavers[] = "select user_id, since from leavers order by since limit $1";
constexpr char kRemoveLeaver[] = "delete from leavers where user_id = $1";

Follow to_follow(const gatehouse::Row& row) {
    return {row.get<std::int64_t>(0), row.get<std::int64_t>(1), row.get<std::int64_t>(2),
            gatehouse::from_unix_ms(row.get<std::int64_t>(3))};
}

}  // namespace

bool insert(Transaction& tx, const Follow& follow) {
    return tx.execute(kInsert, follow.follower_id, follow.user_id, follow.id,
                      gatehouse::to_unix_ms(follow.created_at)) == 1;
}

std::optional<Follow> find(Transaction& tx, std::int64_t follower_id, std::int64_t user_id) {
    return tx.query(kFind, follower_id, user_id).maybe<Follow>(to_follow);
}

bool remove(Transaction& tx, std::int64_t follower_id, std::int64_t user_id) {
    return tx.execute(kRemove, follower_id, user_id) == 1;
}

std::int64_t count_followed(Transaction& tx, std::int64_t follower_id, std::int64_t most) {
    return tx.query(kCountFollowed, follower_id, most).one<std::int64_t>();
}

std::vector<Follow> followed_by(Transaction& tx, std::int64_t follower_id, std::int64_t before, int limit) {
    return tx.query(kFollowedBy, follower_id, before, limit).all<Follow>(to_follow);
}

std::vector<Follow> followers_of(Transaction& tx, std::int64_t user_id, std::int64_t before, int limit) {
    return tx.query(kFollowersOf, user_id, before, limit).all<Follow>(to_follow);
}

void touch_reader(Transaction& tx, std::int64_t user_id) { tx.execute(kTouchReader, user_id); }

void insert_leaver(Transaction& tx, std::int64_t user_id, Time now) {
    tx.execute(kInsertLeaver, user_id, gatehouse::to_unix_ms(now));
}

bool is_leaver(Transaction& tx, std::int64_t user_id) { return tx.query(kIsLeaver, user_id).one<bool>(); }

std::vector<Leaver> leavers(Transaction& tx, int limit) {
    return tx.query(kLeavers, limit).all<Leaver>([](const gatehouse::Row& row) {
        return Leaver{row.get<std::int64_t>(0), gatehouse::from_unix_ms(row.get<std::int64_t>(1))};
    });
}

void remove_leaver(Transaction& tx, std::int64_t user_id) { tx.execute(kRemoveLeaver, user_id); }

}  // namespace subscriptions::repository
