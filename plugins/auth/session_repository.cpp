#include "plugins/auth/session_repository.hpp"

#include <gatehouse/storage/rows.hpp>
#include <span>

namespace auth {
namespace {

using gatehouse::from_unix_ms;
using gatehouse::Row;
using gatehouse::to_unix_ms;

#define SESSION_COLUMNS "id, user_id, device, address, created_at, last_used_at, idle_expires_at, expires_at"
#define IS_LIVE(NOW) " revoked_at is null and idle_expires_at > " NOW " and expires_at > " NOW

constexpr char kInsertSession[] = "insert into sessions (" SESSION_COLUMNS ") values ($1, $2, $3, $4, $5, $6, $7, $8)";
constexpr char kFindLive[] = "select " SESSION_COLUMNS " from sessions where id = $1 and" IS_LIVE("$2");
constexpr char kListLive[] =
    "select " SESSION_COLUMNS " from sessions where user_id = $1 and" IS_LIVE("$2") " order by id desc limit $3";
constexpr char kTouchLive[] = "update sessions set last_used_at = $2, idle_expires_at = $3 where id = $1 and" IS_LIVE(
    "$2") " returning " SESSION_COLUMNS;
constexpr char kRevoke[] =
    "update sessions set revoked_at = $3 where id = $1 and user_id = $2 and revoked_at is null returning id";
constexpr char kRevokeAll[] =
    "update sessions set revoked_at = $3 where user_id = $1 and id <> $2 and revoked_at is null returning id";
constexpr char kRevokeSurplus[] =
    "update sessions set revoked_at = $3 where user_id = $1 and revoked_at is null and id not in"
    " (select id from sessions where user_id = $1 and revoked_at is null order by id desc limit $2) returning id";
constexpr char kRevocations[] =
    "select id, revoked_at from sessions where revoked_at is not null and (revoked_at, id) > ($1, $2)"
    " order by revoked_at, id limit $3";
constexpr char kRemoveDead[] =
    "delete from sessions where id in (select id from sessions where idle_expires_at < $1 or"
    " (revoked_at is not null and revoked_at < $1) limit $2)";

constexpr char kInsertToken[] =
    "insert into refresh_tokens (digest, session_id, created_at, expires_at) values ($1, $2, $3, $4)";
constexpr char kFindToken[] =
    "select session_id, user_id, used_at, refresh_tokens.expires_at from refresh_tokens"
    " join sessions on sessions.id = session_id where digest = $1";
constexpr char kUseToken[] = "update refresh_tokens set used_at = $2 where digest = $1 and used_at is null";
constexpr char kRemoveExpired[] =
    "delete from refresh_tokens where digest in (select digest from refresh_tokens where expires_at < $1 limit $2)";

Session to_session(const Row& row) {
    const auto time = [&row](std::size_t column) { return from_unix_ms(row.get<std::int64_t>(column)); };
    return {.id = row.get<std::int64_t>(0),
            .user_id = row.get<std::int64_t>(1),
            .device = row.get<std::string>(2),
            .address = row.get<std::string>(3),
            .created_at = time(4),
            .last_used_at = time(5),
            .idle_expires_at = time(6),
            .expires_at = time(7)};
}

sessions::Revocation to_revocation(const Row& row) { return {row.get<std::int64_t>(0), row.get<std::int64_t>(1)}; }

refresh_tokens::Stored to_stored(const Row& row) {
    return {.session_id = row.get<std::int64_t>(0),
            .user_id = row.get<std::int64_t>(1),
            .is_used = !row.is_null(2),
            .expires_at = from_unix_ms(row.get<std::int64_t>(3))};
}

gatehouse::BlobView blob(const Digest& digest) { return std::as_bytes(std::span(digest)); }

}  // namespace

namespace sessions {

void insert(Transaction& tx, const Session& session) {
    tx.execute(kInsertSession, session.id, session.user_id, session.device, session.address,
               to_unix_ms(session.created_at), to_unix_ms(session.last_used_at), to_unix_ms(session.idle_expires_at),
               to_unix_ms(session.expires_at));
}

std::optional<Session> find_live(Transaction& tx, std::int64_t id, Time now) {
    return tx.query(kFindLive, id, to_unix_ms(now)).maybe<Session>(to_session);
}

std::vector<Session> list_live(Transaction& tx, std::int64_t user_id, Time now, int limit) {
    return tx.query(kListLive, user_id, to_unix_ms(now), limit).all<Session>(to_session);
}

std::optional<Session> touch_live(Transaction& tx, std::int64_t id, Time now, Time idle_expires_at) {
    return tx.query(kTouchLive, id, to_unix_ms(now), to_unix_ms(idle_expires_at)).maybe<Session>(to_session);
}

std::vector<std::int64_t> revoke(Transaction& tx, std::int64_t id, std::int64_t user_id, Time now) {
    return tx.query(kRevoke, id, user_id, to_unix_ms(now)).all<std::int64_t>();
}

std::vector<std::int64_t> revoke_all(Transaction& tx, std::int64_t user_id, std::int64_t but, Time now) {
    return tx.query(kRevokeAll, user_id, but, to_unix_ms(now)).all<std::int64_t>();
}

std::vector<std::int64_t> revoke_surplus(Transaction& tx, std::int64_t user_id, int keep, Time now) {
    return tx.query(kRevokeSurplus, user_id, keep, to_unix_ms(now)).all<std::int64_t>();
}

std::vector<Revocation> revocations(Transaction& tx, std::int64_t after_ms, std::int64_t after_id, int limit) {
    return tx.query(kRevocations, after_ms, after_id, limit).all<Revocation>(to_revocation);
}

std::int64_t remove_dead(Transaction& tx, Time dead_since, int limit) {
    return tx.execute(kRemoveDead, to_unix_ms(dead_since), limit);
}

}  // namespace sessions

namespace refresh_tokens {

void insert(Transaction& tx, const Digest& digest, std::int64_t session_id, Time now, Time expires_at) {
    tx.execute(kInsertToken, blob(digest), session_id, to_unix_ms(now), to_unix_ms(expires_at));
}

std::optional<Stored> find(Transaction& tx, const Digest& digest) {
    return tx.query(kFindToken, blob(digest)).maybe<Stored>(to_stored);
}

bool use(Transaction& tx, const Digest& digest, Time now) {
    return tx.execute(kUseToken, blob(digest), to_unix_ms(now)) == 1;
}

std::int64_t remove_expired(Transaction& tx, Time now, int limit) {
    return tx.execute(kRemoveExpired, to_unix_ms(now), limit);
}

}  // namespace refresh_tokens
}  // namespace auth
