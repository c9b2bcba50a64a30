// What must reach a user by mail and nobody else: codes and tokens, in events that only the service `notify` can open.
#pragma once

#include <gatehouse/publish.hpp>
#include <gatehouse/seal.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/auth/account.hpp"

namespace auth {

using gatehouse::Transaction;

inline constexpr char kVerificationRequested[] = "user.email_verification_requested";
inline constexpr char kResetRequested[] = "user.password_reset_requested";

// Thread-safe.
class SecretMail final {
public:
    // notify_key: shared with notify; empty = no such mail can be sent. Throws what Sealer throws.
    explicit SecretMail(std::string_view notify_key);

    [[nodiscard]] bool is_possible() const { return sealer_.has_value(); }
    // Throws ServiceUnavailable unless possible.
    void require() const;

    // Asks for a mail to the account's address, in the transaction that makes the secret. The payload has id, username,
    // email, expires_at, and `sealed`: the secret, sealed with the event's id as context. REQUIRES: is_possible().
    void verification(Transaction& tx, const Account& account, std::string_view code, Time expires_at) const;
    void password_reset(Transaction& tx, const Account& account, std::string_view token, Time expires_at) const;

private:
    void publish(Transaction& tx, const char* type, const Account& account, std::string_view secret,
                 Time expires_at) const;

    std::optional<gatehouse::Sealer> sealer_;
};

// Removes those that were sent and are over. How many, at most limit of each kind.
std::int64_t forget_secret_mail(Transaction& tx, Time sent_before, int limit);

}  // namespace auth
