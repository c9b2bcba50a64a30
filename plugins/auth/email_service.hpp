// Proves that an address is its user's: a code of eight digits goes there by mail and comes back.
#pragma once

#include <chrono>
#include <gatehouse/storage/database.hpp>
#include <string>
#include <string_view>

#include "plugins/auth/account.hpp"
#include "plugins/auth/clock.hpp"
#include "plugins/auth/crypto.hpp"
#include "plugins/auth/secret_mail.hpp"
#include "plugins/auth/session_service.hpp"
#include "plugins/auth/throttle.hpp"

namespace auth {

inline constexpr std::size_t kCodeDigits = 8;

// Eight random digits, each as likely as any other.
[[nodiscard]] std::string new_code();

// Thread-safe; blocks. REQUIRES: what it refers to outlives it.
class EmailService final {
public:
    static constexpr std::chrono::minutes kCodeLifetime{15};
    static constexpr int kTriesMax = 5;
    static constexpr int kSentMax = 5;  // per user and hour, so that nobody fills a stranger's mailbox
    static constexpr std::chrono::hours kSentWindow{1};

    // pepper: keeps the digests of so short a code from being tried out by who has the database and nothing else.
    EmailService(gatehouse::Database& database, const SecretMail& mail, Throttle& throttle, Digest pepper, Clock clock);

    // Inside the transaction that makes the account or gives it another address: replaces the code and asks for the
    // mail. Does nothing when mail is not possible. Throws TooManyRequests.
    void request(Transaction& tx, const Account& account) const;

    // Another code for a user who is logged in. Throws ServiceUnavailable, Conflict (verified already),
    // TooManyRequests.
    void resend(std::int64_t user_id);

    // Invalid for a wrong, old or used code, for an address that nobody has and for one that needs no code: the same
    // answer after the same work. TooManyRequests for those who guess.
    void verify(std::string_view email, std::string_view code, const Client& client);

private:
    [[nodiscard]] Digest digest_of(std::int64_t user_id, std::string_view code) const;

    gatehouse::Database& database_;
    const SecretMail& mail_;
    Throttle& throttle_;
    const Digest pepper_;
    const Clock clock_;
};

}  // namespace auth
