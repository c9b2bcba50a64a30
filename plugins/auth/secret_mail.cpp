#include "plugins/auth/secret_mail.hpp"

#include <gatehouse/events.hpp>
#include <gatehouse/id.hpp>
#include <gatehouse/problem.hpp>

namespace auth {
namespace {

struct SecretRequested {
    std::int64_t id = 0;
    std::string username, email, sealed;
    Time expires_at{};
};
constexpr auto describe(SecretRequested*) {
    using gatehouse::field;
    return gatehouse::fields(field("id", &SecretRequested::id), field("username", &SecretRequested::username),
                             field("email", &SecretRequested::email), field("sealed", &SecretRequested::sealed),
                             field("expires_at", &SecretRequested::expires_at));
}

}  // namespace

SecretMail::SecretMail(std::string_view notify_key) {
    if (!notify_key.empty()) sealer_.emplace(notify_key);
}

void SecretMail::require() const {
    if (!is_possible()) {
        throw gatehouse::ServiceUnavailable(std::chrono::minutes(10), "This server cannot send mail at the moment.");
    }
}

void SecretMail::verification(Transaction& tx, const Account& account, std::string_view code, Time expires_at) const {
    publish(tx, kVerificationRequested, account, code, expires_at);
}

void SecretMail::password_reset(Transaction& tx, const Account& account, std::string_view token,
                                Time expires_at) const {
    publish(tx, kResetRequested, account, token, expires_at);
}

void SecretMail::publish(Transaction& tx, const char* type, const Account& account, std::string_view secret,
                         Time expires_at) const {
    const std::string id = gatehouse::uuid7();
    const SecretRequested request{account.id, account.username, account.email, sealer_->seal(secret, id), expires_at};
    tx.publish(type, request, "user/" + std::to_string(account.id), {}, id);
}

std::int64_t forget_secret_mail(Transaction& tx, Time sent_before, int limit) {
    return gatehouse::Events::forget_sent(tx, kVerificationRequested, sent_before, limit) +
           gatehouse::Events::forget_sent(tx, kResetRequested, sent_before, limit);
}

}  // namespace auth
