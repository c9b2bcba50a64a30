#include "plugins/users/avatar_repository.hpp"

namespace users::avatars {

namespace {

constexpr char kInsert[] = "insert into avatars_aside (media_id, user_id) values ($1, $2) on conflict do nothing";
constexpr char kSome[] = "select media_id, user_id from avatars_aside order by media_id limit $1";
constexpr char kOfUser[] = "select media_id, user_id from avatars_aside where user_id = $1 order by media_id limit $2";
constexpr char kDelete[] = "delete from avatars_aside where media_id = $1";

Aside to_aside(const gatehouse::Row& row) {
    return {row.get<std::string>("media_id"), row.get<std::int64_t>("user_id")};
}

}  // namespace

void put_aside(Transaction& tx, std::string_view media_id, std::int64_t user_id) {
    tx.execute(kInsert, media_id, user_id);
}

std::vector<Aside> aside(Transaction& tx, int limit) { return tx.query(kSome, limit).all<Aside>(to_aside); }

std::vector<Aside> aside_of(Transaction& tx, std::int64_t user_id, int limit) {
    return tx.query(kOfUser, user_id, limit).all<Aside>(to_aside);
}

void forget(Transaction& tx, std::string_view media_id) { tx.execute(kDelete, media_id); }

}  // namespace users::avatars
