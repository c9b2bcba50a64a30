// A new password for who has lost the old one and can read the account's mail.
//
//   request()   notes the address and says yes, the same for every address: nobody has looked at it yet
//   work_off()  soon after: if it is somebody's, makes a token of 256 bits and asks for the mail
//   reset()     the token comes back with the new password, once; all sessions end
#pragma once

#include <chrono>
#include <gatehouse/storage/database.hpp>
#include <string>
#include <string_view>

#include "plugins/auth/clock.hpp"
#include "plugins/auth/password_hasher.hpp"
#include "plugins/auth/secret_mail.hpp"
#include "plugins/auth/session_service.hpp"
#include "plugins/auth/throttle.hpp"

namespace auth {

// Thread-safe; blocks. REQUIRES: what it refers to outlives it.
class ResetService final {
public:
    static constexpr std::chrono::minutes kTokenLifetime{30};
    static constexpr int kMailsMax = 3;  // per account and hour; those beyond are left out without a word
    static constexpr std::chrono::hours kMailsWindow{1};
    static constexpr std::int64_t kWaitingMax = 10'000;

    ResetService(gatehouse::Database& database, const SecretMail& mail, PasswordHasher& hasher,
                 SessionService& sessions, Throttle& throttle, Clock clock);

    // Throws ServiceUnavailable when no mail can be sent, or too many requests wait.
    void request(std::string_view email);
    // What was requested until now.
    void work_off();

    // Throws Invalid for a token that is unknown, used or old, and for a password that breaks the rules. The address
    // that the token went to is proven by that.
    void reset(std::string_view token, const std::string& new_password);

private:
    void mail_token(Transaction& tx, const std::string& email_key);

    gatehouse::Database& database_;
    const SecretMail& mail_;
    PasswordHasher& hasher_;
    SessionService& sessions_;
    Throttle& throttle_;
    const Clock clock_;
};

}  // namespace auth
