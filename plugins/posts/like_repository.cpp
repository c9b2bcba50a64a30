#include "plugins/posts/like_repository.hpp"

#include "plugins/posts/absent_repository.hpp"

namespace posts::likes {

namespace {

constexpr char kInsert[] =
    "insert into likes (post_id, user_id, user_name, created_at) values ($1, $2, $3, $4) on conflict do nothing";
constexpr char kRemove[] = "delete from likes where post_id = $1 and user_id = $2";
constexpr char kList[] =
    "select user_id, user_name, created_at from likes where post_id = $1 and user_id > $2 and "
    "not " AUTHOR_IS_ABSENT("likes.user_id") " order by user_id limit $3";
constexpr char kLikedBy[] = "select post_id from likes where user_id = $1 order by post_id limit $2";

Like to_like(const gatehouse::Row& row) {
    return {row.get<std::int64_t>("user_id"), row.get<std::string>("user_name"),
            gatehouse::from_unix_ms(row.get<std::int64_t>("created_at"))};
}

}  // namespace

bool insert(Transaction& tx, std::int64_t post_id, std::int64_t user_id, std::string_view user_name, Time now) {
    return tx.execute(kInsert, post_id, user_id, user_name, gatehouse::to_unix_ms(now)) == 1;
}

bool remove(Transaction& tx, std::int64_t post_id, std::int64_t user_id) {
    return tx.execute(kRemove, post_id, user_id) == 1;
}

std::vector<Like> list(Transaction& tx, std::int64_t post_id, std::int64_t after, int limit) {
    return tx.query(kList, post_id, after, limit).all<Like>(to_like);
}

std::vector<std::int64_t> posts_liked_by(Transaction& tx, std::int64_t user_id, int limit) {
    return tx.query(kLikedBy, user_id, limit).all<std::int64_t>();
}

}  // namespace posts::likes
