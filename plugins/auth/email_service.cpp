#include "plugins/auth/email_service.hpp"

#include <cstring>
#include <gatehouse/problem.hpp>
#include <utility>

#include "plugins/auth/account_events.hpp"
#include "plugins/auth/account_repository.hpp"
#include "plugins/auth/email_code_repository.hpp"

namespace auth {
namespace {

constexpr std::uint32_t kCodes = 100'000'000, kFairBelow = 4'200'000'000;  // 42 * kCodes

}  // namespace

std::string new_code() {
    std::uint32_t number = kFairBelow;
    while (number >= kFairBelow) {
        const std::string bytes = random_bytes(sizeof number);
        std::memcpy(&number, bytes.data(), sizeof number);
    }
    const std::string digits = std::to_string(number % kCodes);
    return std::string(kCodeDigits - digits.size(), '0') + digits;
}

EmailService::EmailService(gatehouse::Database& database, const SecretMail& mail, Throttle& throttle, Digest pepper,
                           Clock clock)
    : database_(database), mail_(mail), throttle_(throttle), pepper_(pepper), clock_(std::move(clock)) {}

void EmailService::request(Transaction& tx, const Account& account) const {
    if (!mail_.is_possible()) return;
    const std::string code = new_code(), email_key = fold_case(account.email);
    const Time now = clock_.wall();
    const email_codes::NewCode stored{account.id, email_key, digest_of(account.id, code), now + kCodeLifetime};
    if (!email_codes::replace(tx, stored, {kSentMax, kSentWindow}, now)) {
        const Time free_at = email_codes::window_began(tx, account.id).value_or(now) + kSentWindow;
        throw gatehouse::TooManyRequests(
            std::max(std::chrono::ceil<std::chrono::seconds>(free_at - now), std::chrono::seconds(1)),
            "Too many codes were sent to this account.");
    }
    mail_.verification(tx, account, code, stored.expires_at);
}

void EmailService::resend(std::int64_t user_id) {
    mail_.require();
    database_.write([&](Transaction& tx) {
        const auto account = accounts::find(tx, user_id);
        if (!account || account->status != Status::active) throw gatehouse::Unauthorized();
        if (account->email_verified) throw gatehouse::Conflict("The e-mail address is verified already.");
        request(tx, *account);
    });
}

void EmailService::verify(std::string_view email, std::string_view code, const Client& client) {
    const std::string email_key = fold_case(email), subject = "code:" + email_key;
    const auto wait = throttle_.wait(subject, client.address, clock_.steady());
    if (wait > wait.zero()) throw gatehouse::TooManyRequests(std::chrono::ceil<std::chrono::seconds>(wait));

    const bool is_right = database_.write([&](Transaction& tx) {
        const auto live = email_codes::take_try(tx, email_key, kTriesMax, clock_.wall());
        const Digest given = digest_of(live ? live->user_id : 0, code);
        if (!live || !secrets_equal(as_text(given), as_text(live->digest))) return false;
        email_codes::use_up(tx, live->user_id);
        if (!accounts::verify_email(tx, live->user_id, email_key, clock_.wall())) return false;
        account_events::email_verified(tx, live->user_id, email_key);
        return true;
    });
    if (is_right) return throttle_.succeeded(subject);
    throttle_.failed(subject, client.address, clock_.steady());
    throw gatehouse::Invalid("/code", "is not right, or not valid any more");
}

Digest EmailService::digest_of(std::int64_t user_id, std::string_view code) const {
    return hmac_sha256(as_text(pepper_), std::to_string(user_id) + ":" + std::string(code));
}

}  // namespace auth
