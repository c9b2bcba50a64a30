#include "plugins/auth/email_code_repository.hpp"

#include <algorithm>
#include <gatehouse/storage/rows.hpp>
#include <span>

namespace auth::email_codes {
namespace {

using gatehouse::Row;
using gatehouse::to_unix_ms;

constexpr char kReplace[] =
    "insert into email_codes (user_id, email_key, digest, tries, expires_at, window_began_at, sent)"
    " values ($1, $2, $3, 0, $4, $5, 1) on conflict (user_id) do update set"
    " email_key = excluded.email_key, digest = excluded.digest, tries = 0, expires_at = excluded.expires_at,"
    " sent = case when email_codes.window_began_at <= $6 then 1 else email_codes.sent + 1 end,"
    " window_began_at = case when email_codes.window_began_at <= $6 then excluded.window_began_at"
    " else email_codes.window_began_at end"
    " where email_codes.window_began_at <= $6 or email_codes.sent < $7";
constexpr char kWindowBegan[] = "select window_began_at from email_codes where user_id = $1";
constexpr char kTakeTry[] =
    "update email_codes set tries = tries + 1 where email_key = $1 and tries < $2 and expires_at > $3 and user_id ="
    " (select id from users where email_key = $1 and status = 'active') returning user_id, digest";
constexpr char kTakeNobodysTry[] =
    "insert into email_codes (user_id, email_key, digest, tries, expires_at, window_began_at, sent)"
    " values (0, '', $1, 1, 0, 0, 0) on conflict (user_id) do update set tries = email_codes.tries + 1";
constexpr char kUseUp[] = "update email_codes set expires_at = 0 where user_id = $1";
constexpr char kRemoveOver[] =
    "delete from email_codes where user_id in (select user_id from email_codes where window_began_at < $2"
    " and expires_at < $1 and user_id > 0 limit $3)";

gatehouse::BlobView blob(const Digest& digest) { return std::as_bytes(std::span(digest)); }

Live to_live(const Row& row) {
    Live live{.user_id = row.get<std::int64_t>(0)};
    const auto digest = row.get<gatehouse::Blob>(1);
    std::transform(digest.begin(), digest.begin() + static_cast<long>(std::min(digest.size(), live.digest.size())),
                   live.digest.begin(), [](std::byte byte) { return std::to_integer<unsigned char>(byte); });
    return live;
}

}  // namespace

bool replace(Transaction& tx, const NewCode& code, const Allowance& allowance, Time now) {
    return tx.execute(kReplace, code.user_id, code.email_key, blob(code.digest), to_unix_ms(code.expires_at),
                      to_unix_ms(now), to_unix_ms(now - allowance.window), allowance.sent_max) == 1;
}

std::optional<Time> window_began(Transaction& tx, std::int64_t user_id) {
    const auto at = tx.query(kWindowBegan, user_id).maybe<std::int64_t>();
    return at ? std::optional(gatehouse::from_unix_ms(*at)) : std::nullopt;
}

std::optional<Live> take_try(Transaction& tx, std::string_view email_key, int tries_max, Time now) {
    auto live = tx.query(kTakeTry, email_key, tries_max, to_unix_ms(now)).maybe<Live>(to_live);
    if (!live) tx.execute(kTakeNobodysTry, blob(Digest{}));
    return live;
}

void use_up(Transaction& tx, std::int64_t user_id) { tx.execute(kUseUp, user_id); }

std::int64_t remove_over(Transaction& tx, Time now, Time window_began_before, int limit) {
    return tx.execute(kRemoveOver, to_unix_ms(now), to_unix_ms(window_began_before), limit);
}

}  // namespace auth::email_codes
