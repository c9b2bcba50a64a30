#include "plugins/auth/session_service.hpp"

#include <algorithm>
#include <gatehouse/form.hpp>
#include <utility>

#include "plugins/auth/account_events.hpp"
#include "plugins/auth/account_repository.hpp"

namespace auth {
namespace {

// Recognisable, so that scanners for leaked secrets find it; 256 random bits follow.
constexpr std::string_view kRefreshPrefix = "ghr_";
constexpr std::size_t kRefreshBytes = 32, kRefreshCharacters = 47;
constexpr int kSessionsListed = 100;
constexpr std::chrono::seconds kClockSkew{60};  // between processes on one database

bool is_refresh_token(std::string_view text) {
    return text.size() == kRefreshCharacters && text.starts_with(kRefreshPrefix);
}

std::string new_refresh_token() { return std::string(kRefreshPrefix) + random_text(kRefreshBytes); }

// As much of a header as the database takes: whole UTF-8 characters without NUL.
std::string stored_text(std::string_view text) {
    text = text.substr(0, std::min(text.find('\0'), kDeviceBytesMax));
    while (!text.empty() && !gatehouse::is_utf8(text)) text.remove_suffix(1);
    return std::string(text);
}

}  // namespace

struct SessionService::Rotation {
    RefreshOutcome outcome = RefreshOutcome::refused;
    std::int64_t session_id = 0;
    std::optional<Account> account{};
    std::vector<std::int64_t> ended{};
};

SessionService::SessionService(gatehouse::Database& database, const Tokens& tokens, Revocations& revocations,
                               SessionRules rules, Clock clock)
    : database_(database), tokens_(tokens), revocations_(revocations), rules_(rules), clock_(std::move(clock)) {}

std::optional<Grant> SessionService::begin(const Credentials& credentials, const Client& client) {
    const Account& account = credentials.account;
    const Time now = clock_.wall();
    const auto begun = database_.write([&](Transaction& tx) -> std::optional<Begun> {
        if (!accounts::touch_active(tx, account.id, credentials.password_hash, now)) return std::nullopt;
        Begun session = begin(tx, account.id, client, now);
        account_events::logged_in(tx, account, session.session);
        return session;
    });
    if (!begun) return std::nullopt;
    return grant(account, *begun);
}

Refreshed SessionService::refresh(std::string_view refresh_token) {
    if (!is_refresh_token(refresh_token)) return {};
    const Digest used = sha256(refresh_token);
    RotationTurns::Turn turn = turns_.take(std::string(as_text(used)));
    if (turn.lost()) return {.outcome = RefreshOutcome::raced};

    const std::string next = new_refresh_token();
    const Time now = clock_.wall();
    const Rotation rotation = database_.write([&](Transaction& tx) { return rotate(tx, used, next, now); });
    forget(rotation.ended);
    if (rotation.outcome != RefreshOutcome::granted) {
        return {.outcome = rotation.outcome, .session_id = rotation.session_id};
    }
    turn.won();
    return {.outcome = RefreshOutcome::granted,
            .grant = grant(*rotation.account, rotation.session_id, next),
            .session_id = rotation.session_id};
}

SessionService::Rotation SessionService::rotate(Transaction& tx, const Digest& used, const std::string& next,
                                                Time now) {
    const auto stored = refresh_tokens::find(tx, used);
    if (!stored) return {};
    Rotation rotation{.session_id = stored->session_id};
    if (stored->is_used || !refresh_tokens::use(tx, used, now)) {
        rotation.outcome = RefreshOutcome::reused;
        rotation.ended = sessions::revoke(tx, stored->session_id, stored->user_id, now);
        return rotation;
    }
    const auto session = sessions::touch_live(tx, stored->session_id, now, now + rules_.idle);
    if (!session || stored->expires_at <= now) return rotation;
    rotation.account = accounts::find(tx, session->user_id);
    if (!rotation.account || rotation.account->status != Status::active) return rotation;
    refresh_tokens::insert(tx, sha256(next), session->id, now, std::min(session->idle_expires_at, session->expires_at));
    rotation.outcome = RefreshOutcome::granted;
    return rotation;
}

bool SessionService::end(std::int64_t user_id, std::int64_t session_id) {
    const Time now = clock_.wall();
    const auto ended = database_.write([&](Transaction& tx) { return sessions::revoke(tx, session_id, user_id, now); });
    forget(ended);
    return !ended.empty();
}

void SessionService::end_by(std::string_view refresh_token, bool all) {
    if (!is_refresh_token(refresh_token)) return;
    const Digest digest = sha256(refresh_token);
    const Time now = clock_.wall();
    forget(database_.write([&](Transaction& tx) -> std::vector<std::int64_t> {
        const auto stored = refresh_tokens::find(tx, digest);
        if (!stored) return {};
        const bool is_good = !stored->is_used && stored->expires_at > now &&
                             sessions::find_live(tx, stored->session_id, now).has_value();
        if (all && is_good) return sessions::revoke_all(tx, stored->user_id, 0, now);
        return sessions::revoke(tx, stored->session_id, stored->user_id, now);
    }));
}

void SessionService::end_all(std::int64_t user_id, std::int64_t but) {
    const Time now = clock_.wall();
    forget(database_.write([&](Transaction& tx) { return sessions::revoke_all(tx, user_id, but, now); }));
}

std::vector<Session> SessionService::list(std::int64_t user_id) {
    const Time now = clock_.wall();
    return database_.read([&](Transaction& tx) { return sessions::list_live(tx, user_id, now, kSessionsListed); });
}

SessionService::Begun SessionService::begin(Transaction& tx, std::int64_t user_id, const Client& client, Time now) {
    const Time end = now + rules_.longest;
    Begun begun{.session = {.id = ids_.next(),
                            .user_id = user_id,
                            .device = stored_text(client.device),
                            .address = stored_text(client.address),
                            .created_at = now,
                            .last_used_at = now,
                            .idle_expires_at = std::min(now + rules_.idle, end),
                            .expires_at = end},
                .refresh_token = new_refresh_token(),
                .ended = {}};
    sessions::insert(tx, begun.session);
    refresh_tokens::insert(tx, sha256(begun.refresh_token), begun.session.id, now, begun.session.idle_expires_at);
    begun.ended = sessions::revoke_surplus(tx, user_id, rules_.per_user_max, now);
    return begun;
}

Grant SessionService::grant(const Account& account, const Begun& begun) {
    forget(begun.ended);
    return grant(account, begun.session.id, begun.refresh_token);
}

Grant SessionService::grant(const Account& account, std::int64_t session_id, std::string refresh_token) {
    Claims claims;
    claims.user_id = account.id;
    claims.username = account.username;
    claims.roles = account.roles;
    claims.session_id = session_id;
    claims.version = account.token_version;
    return {.account = account,
            .access_token = tokens_.issue(std::move(claims), clock_.seconds()),
            .refresh_token = std::move(refresh_token),
            .expires_in = tokens_.lifetime(),
            .session_id = session_id};
}

void SessionService::forget(const std::vector<std::int64_t>& ended) {
    const Seconds until = clock_.seconds() + tokens_.lifetime() + kClockSkew;
    for (const std::int64_t session_id : ended) revocations_.revoke_session(session_id, until);
}

}  // namespace auth
