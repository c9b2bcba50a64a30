#include "plugins/auth/former_names.hpp"

#include <gatehouse/storage/rows.hpp>

#include "plugins/auth/account.hpp"

namespace auth::former_names {
namespace {

constexpr char kHolder[] = "select user_id from former_names where username_key = $1";
constexpr char kList[] =
    "select username_key from former_names where user_id = $1 and username_key <> $2 order by taken_at, username_key";
constexpr char kKeep[] =
    "insert into former_names (username_key, user_id, taken_at) values ($1, $2, 0) on conflict do nothing";
// The unique index decides between two who want the same name at the same time.
constexpr char kTake[] =
    "insert into former_names (username_key, user_id, taken_at) values ($1, $2, $3) on conflict do nothing";
constexpr char kTakenAfter[] =
    "select count(*), coalesce(min(taken_at), 0) from former_names where user_id = $1 and taken_at > $2";

Taken to_taken(const gatehouse::Row& row) {
    return {row.get<std::int64_t>(0), gatehouse::from_unix_ms(row.get<std::int64_t>(1))};
}

}  // namespace

std::optional<std::int64_t> holder(Transaction& tx, std::string_view username) {
    return tx.query(kHolder, fold_case(username)).maybe<std::int64_t>();
}

std::vector<std::string> list(Transaction& tx, std::int64_t user_id, std::string_view present) {
    return tx.query(kList, user_id, fold_case(present)).all<std::string>();
}

void keep(Transaction& tx, std::int64_t user_id, std::string_view username) {
    tx.execute(kKeep, fold_case(username), user_id);
}

bool take(Transaction& tx, std::int64_t user_id, std::string_view username, Time now) {
    return tx.execute(kTake, fold_case(username), user_id, gatehouse::to_unix_ms(now)) == 1;
}

Taken taken_after(Transaction& tx, std::int64_t user_id, Time time) {
    return tx.query(kTakenAfter, user_id, gatehouse::to_unix_ms(time)).one<Taken>(to_taken);
}

}  // namespace auth::former_names
