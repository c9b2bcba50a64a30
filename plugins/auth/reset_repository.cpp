#include "plugins/auth/reset_repository.hpp"

#include <gatehouse/storage/rows.hpp>
#include <span>

namespace auth {
namespace {

using gatehouse::to_unix_ms;

constexpr char kInsertRequest[] =
    "insert into reset_requests (email_key, requested_at) values ($1, $2) on conflict (email_key) do nothing";
constexpr char kCountRequests[] = "select count(*) from (select 1 from reset_requests limit $1) as waiting";
constexpr char kTakeRequest[] =
    "delete from reset_requests where email_key = (select email_key from reset_requests order by requested_at limit 1)"
    " returning email_key";

constexpr char kInsertReset[] =
    "insert into password_resets (digest, user_id, email_key, created_at, expires_at) values ($1, $2, $3, $4, $5)";
constexpr char kCountSince[] = "select count(*) from password_resets where user_id = $1 and created_at > $2";
constexpr char kFindLive[] = "select user_id, email_key from password_resets where digest = $1 and expires_at > $2";
constexpr char kUse[] = "update password_resets set expires_at = 0 where digest = $1 and expires_at > $2";
constexpr char kVoidAll[] = "update password_resets set expires_at = 0 where user_id = $1";
constexpr char kRemove[] =
    "delete from password_resets where digest in (select digest from password_resets where created_at < $1 limit $2)";

gatehouse::BlobView blob(const Digest& digest) { return std::as_bytes(std::span(digest)); }

password_resets::Reset to_reset(const gatehouse::Row& row) {
    return {row.get<std::int64_t>(0), row.get<std::string>(1)};
}

}  // namespace

namespace reset_requests {

void insert(Transaction& tx, std::string_view email_key, Time now) {
    tx.execute(kInsertRequest, email_key, to_unix_ms(now));
}

std::int64_t count(Transaction& tx, std::int64_t at_most) {
    return tx.query(kCountRequests, at_most).one<std::int64_t>();
}

std::optional<std::string> take(Transaction& tx) { return tx.query(kTakeRequest).maybe<std::string>(); }

}  // namespace reset_requests

namespace password_resets {

void insert(Transaction& tx, const Digest& digest, const Reset& reset, Time now, Time expires_at) {
    tx.execute(kInsertReset, blob(digest), reset.user_id, reset.email_key, to_unix_ms(now), to_unix_ms(expires_at));
}

std::int64_t count_since(Transaction& tx, std::int64_t user_id, Time since) {
    return tx.query(kCountSince, user_id, to_unix_ms(since)).one<std::int64_t>();
}

std::optional<Reset> find_live(Transaction& tx, const Digest& digest, Time now) {
    return tx.query(kFindLive, blob(digest), to_unix_ms(now)).maybe<Reset>(to_reset);
}

bool use(Transaction& tx, const Digest& digest, Time now) {
    return tx.execute(kUse, blob(digest), to_unix_ms(now)) == 1;
}

void void_all(Transaction& tx, std::int64_t user_id) { tx.execute(kVoidAll, user_id); }

std::int64_t remove_created_before(Transaction& tx, Time before, int limit) {
    return tx.execute(kRemove, to_unix_ms(before), limit);
}

}  // namespace password_resets
}  // namespace auth
