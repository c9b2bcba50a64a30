#include "plugins/media/usage_repository.hpp"

#include "sdk/seed/rows.hpp"

namespace media::usage {

namespace {

constexpr char kOf[] = "select bytes from usage where user_id = $1";
constexpr char kAdd[] =
    "insert into usage (user_id, bytes) select $1::bigint, $2::bigint where $2::bigint <= $3::bigint"
    " on conflict (user_id) do update set bytes = usage.bytes + excluded.bytes"
    " where usage.bytes + excluded.bytes <= $3::bigint";
constexpr char kAddAnyway[] = "on conflict (user_id) do update set bytes = usage.bytes + excluded.bytes";
// Never below nothing: a counter that is wrong must not keep images from being deleted.
constexpr char kSubtract[] =
    "update usage set bytes = case when bytes > $2::bigint then bytes - $2::bigint else 0 end where user_id = $1";

}  // namespace

std::int64_t of(Transaction& tx, std::int64_t user_id) {
    return tx.query(kOf, user_id).maybe<std::int64_t>().value_or(0);
}

bool add(Transaction& tx, std::int64_t user_id, std::int64_t bytes, std::int64_t bytes_max) {
    return tx.execute(kAdd, user_id, bytes, bytes_max) == 1;
}

void add_all(Transaction& tx, const BytesOfUsers& added) {
    gatehouse::seed::Rows rows(tx, "usage (user_id, bytes)", {"", ""}, kAddAnyway);
    for (const auto& [user_id, bytes] : added) rows.add(user_id, bytes);
    rows.flush();
}

void subtract_all(Transaction& tx, const BytesOfUsers& removed) {
    for (const auto& [user_id, bytes] : removed) tx.execute_later(kSubtract, user_id, bytes);
}

}  // namespace media::usage
