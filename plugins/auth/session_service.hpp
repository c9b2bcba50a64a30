// Sessions: begun by a login, kept alive by refreshing, ended by logout, by a reused refresh token or by an
// administrator.
#pragma once

#include <chrono>
#include <cstdint>
#include <gatehouse/id.hpp>
#include <gatehouse/storage/database.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/auth/account.hpp"
#include "plugins/auth/clock.hpp"
#include "plugins/auth/jwt.hpp"
#include "plugins/auth/revocations.hpp"
#include "plugins/auth/rotation_turns.hpp"
#include "plugins/auth/session_repository.hpp"

namespace auth {

struct Credentials;

struct SessionRules {
    std::chrono::seconds idle{std::chrono::days(30)};
    std::chrono::seconds longest{std::chrono::days(90)};
    int per_user_max = 50;  // beyond, the oldest ends
};

// Where a request comes from.
struct Client {
    std::string address;
    std::string device;
};

// What a client gets for a login or a refresh.
struct Grant {
    Account account;
    std::string access_token;
    std::string refresh_token;
    std::chrono::seconds expires_in{};
    std::int64_t session_id = 0;
};

enum class RefreshOutcome {
    granted,
    refused,  // unknown, expired, of an ended session or of an account that is not active
    raced,    // another request with the same token, under way at the same time, was faster; the session lives on
    reused,   // the token had been used before: the session is revoked
};

struct Refreshed {
    RefreshOutcome outcome = RefreshOutcome::refused;
    std::optional<Grant> grant{};
    std::int64_t session_id = 0;  // when known
};

// Thread-safe; blocks. REQUIRES: what it refers to outlives it.
class SessionService final {
public:
    SessionService(gatehouse::Database& database, const Tokens& tokens, Revocations& revocations, SessionRules rules,
                   Clock clock);

    // Empty when the account is not active any more, or has another password than the one that was looked at.
    [[nodiscard]] std::optional<Grant> begin(const Credentials& credentials, const Client& client);
    [[nodiscard]] Refreshed refresh(std::string_view refresh_token);

    // Ends one session of a user; false when it is not his or has ended already. Ended sessions are refused at once
    // here, and in other processes when they poll.
    bool end(std::int64_t user_id, std::int64_t session_id);
    // Ends the session of a refresh token, or with `all` every one of its user if the token could still be used.
    // Unknown tokens end nothing.
    void end_by(std::string_view refresh_token, bool all);
    // but: a session that stays, 0 = none.
    void end_all(std::int64_t user_id, std::int64_t but = 0);
    [[nodiscard]] std::vector<Session> list(std::int64_t user_id);

    // Inside the transaction of a use case: begins a session with its first refresh token.
    struct Begun {
        Session session;
        std::string refresh_token;
        std::vector<std::int64_t> ended;  // sessions that had to make room
    };
    [[nodiscard]] Begun begin(Transaction& tx, std::int64_t user_id, const Client& client, Time now);
    // After that transaction's commit.
    [[nodiscard]] Grant grant(const Account& account, const Begun& begun);
    void forget(const std::vector<std::int64_t>& ended);

private:
    struct Rotation;
    Rotation rotate(Transaction& tx, const Digest& used, const std::string& next, Time now);
    [[nodiscard]] Grant grant(const Account& account, std::int64_t session_id, std::string refresh_token);

    gatehouse::Database& database_;
    const Tokens& tokens_;
    Revocations& revocations_;
    const SessionRules rules_;
    const Clock clock_;
    gatehouse::IdSource ids_;
    RotationTurns turns_;
};

}  // namespace auth
