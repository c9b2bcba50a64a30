#include "plugins/auth/invitations.hpp"

#include <gatehouse/problem.hpp>
#include <gatehouse/storage/rows.hpp>
#include <span>
#include <utility>

#include "plugins/auth/crypto.hpp"
#include "plugins/auth/invitation_page.hpp"

namespace auth {
namespace {

using gatehouse::to_unix_ms;

constexpr char kInsert[] = "insert into invitations (digest, roles, created_at, expires_at) values ($1, $2, $3, $4)";
constexpr char kFind[] = "select roles from invitations where digest = $1 and expires_at > $2";
constexpr char kTake[] = "delete from invitations where digest = $1 and expires_at > $2 returning roles";
constexpr char kRemoveExpired[] =
    "delete from invitations where digest in (select digest from invitations where expires_at <= $1 limit $2)";

constexpr std::string_view kPrefix = "ghi_";  // recognisable; 256 random bits follow
constexpr std::chrono::hours kLongest{7 * 24};

gatehouse::BlobView blob(const Digest& digest) { return std::as_bytes(std::span(digest)); }

std::optional<std::vector<std::string>> roles_by(Transaction& tx, const char* sql, std::string_view token, Time now) {
    const Digest digest = sha256(token);
    const auto roles = tx.query(sql, blob(digest), to_unix_ms(now)).maybe<std::string>();
    return roles ? std::optional(split_roles(*roles)) : std::nullopt;
}

}  // namespace

namespace invitations {

std::optional<std::vector<std::string>> find(Transaction& tx, std::string_view token, Time now) {
    return roles_by(tx, kFind, token, now);
}

std::optional<std::vector<std::string>> take(Transaction& tx, std::string_view token, Time now) {
    return roles_by(tx, kTake, token, now);
}

std::int64_t remove_expired(Transaction& tx, Time now, int limit) {
    return tx.execute(kRemoveExpired, to_unix_ms(now), limit);
}

}  // namespace invitations

InviteCommand::InviteCommand(gatehouse::Database& database, std::string public_url, Clock clock)
    : database_(database), public_url_(std::move(public_url)), clock_(std::move(clock)) {}

Invitation InviteCommand::invite(const InviteBody& body) {
    if (body.valid_for <= std::chrono::seconds(0) || body.valid_for > kLongest) {
        throw gatehouse::Invalid("/valid_for", "must be more than 0s and at most 7d");
    }
    const Time now = clock_.wall();
    Invitation invitation{.token = std::string(kPrefix) + random_text(32),
                          .link = {},
                          .roles = split_roles(join_roles(body.roles)),
                          .expires_at = now + body.valid_for};
    // Behind '#': browsers send that part to nobody, so that it is in no log.
    invitation.link = public_url_ + kInvitationPath + "#" + invitation.token;
    const Digest digest = sha256(invitation.token);
    database_.write([&](Transaction& tx) {
        tx.execute(kInsert, blob(digest), join_roles(invitation.roles), to_unix_ms(now),
                   to_unix_ms(invitation.expires_at));
    });
    return invitation;
}

}  // namespace auth
