#include "plugins/notify/follower_repository.hpp"

namespace notify::followers {

namespace {

using gatehouse::to_unix_ms;

constexpr char kNote[] =
    "insert into follower_news (user_id, follower_id, told_at) values ($1, $2, $3) on conflict (user_id, follower_id) "
    "do update set told_at = excluded.told_at where follower_news.told_at <= $4";
constexpr char kPurge[] =
    "delete from follower_news where (user_id, follower_id) in (select user_id, follower_id from follower_news where "
    "told_at <= $1 limit $2)";
constexpr char kRemoveUser[] = "delete from follower_news where user_id = $1";
constexpr char kRemoveFollower[] = "delete from follower_news where follower_id = $1";

}  // namespace

bool note_told(Transaction& tx, std::int64_t user_id, std::int64_t follower_id, Time now) {
    return tx.execute(kNote, user_id, follower_id, to_unix_ms(now), to_unix_ms(now - kNoNewsFor)) == 1;
}

std::int64_t purge(Transaction& tx, Time now, int limit) {
    return tx.execute(kPurge, to_unix_ms(now - kNoNewsFor), limit);
}

void remove_of(Transaction& tx, std::int64_t user_id) {
    tx.execute(kRemoveUser, user_id);
    tx.execute(kRemoveFollower, user_id);
}

}  // namespace notify::followers
