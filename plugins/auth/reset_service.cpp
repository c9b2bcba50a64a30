#include "plugins/auth/reset_service.hpp"

#include <gatehouse/problem.hpp>
#include <utility>

#include "plugins/auth/account_events.hpp"
#include "plugins/auth/account_repository.hpp"
#include "plugins/auth/password_policy.hpp"
#include "plugins/auth/reset_repository.hpp"

namespace auth {
namespace {

// Recognisable, so that scanners for leaked secrets find it; 256 random bits follow.
constexpr std::string_view kTokenPrefix = "ghp_";
constexpr std::size_t kTokenBytes = 32, kTokenCharacters = 47;

gatehouse::Invalid bad_token() { return {"/token", "is not right, or not valid any more"}; }

}  // namespace

ResetService::ResetService(gatehouse::Database& database, const SecretMail& mail, PasswordHasher& hasher,
                           SessionService& sessions, Throttle& throttle, Clock clock)
    : database_(database),
      mail_(mail),
      hasher_(hasher),
      sessions_(sessions),
      throttle_(throttle),
      clock_(std::move(clock)) {}

void ResetService::request(std::string_view email) {
    mail_.require();
    if (!is_email(email)) return;
    const bool has_room = database_.write([&](Transaction& tx) {
        if (reset_requests::count(tx, kWaitingMax) >= kWaitingMax) return false;
        reset_requests::insert(tx, fold_case(email), clock_.wall());
        return true;
    });
    if (!has_room) throw gatehouse::ServiceUnavailable(std::chrono::minutes(1));
}

void ResetService::work_off() {
    const auto next = [&](Transaction& tx) {
        const auto email_key = reset_requests::take(tx);
        if (email_key) mail_token(tx, *email_key);
        return email_key.has_value();
    };
    const auto is_waiting = [](Transaction& tx) { return reset_requests::count(tx, 1) > 0; };
    while (mail_.is_possible() && database_.read(is_waiting) && database_.write(next)) continue;
}

void ResetService::mail_token(Transaction& tx, const std::string& email_key) {
    const auto found = accounts::find_by_login(tx, email_key);
    if (!found || found->account.status != Status::active) return;
    const Account& account = found->account;
    const Time now = clock_.wall();
    if (password_resets::count_since(tx, account.id, now - kMailsWindow) >= kMailsMax) return;
    const std::string token = std::string(kTokenPrefix) + random_text(kTokenBytes);
    password_resets::insert(tx, sha256(token), {account.id, email_key}, now, now + kTokenLifetime);
    mail_.password_reset(tx, account, token, now + kTokenLifetime);
}

void ResetService::reset(std::string_view token, const std::string& new_password) {
    if (token.size() != kTokenCharacters || !token.starts_with(kTokenPrefix)) throw bad_token();
    const Digest digest = sha256(token);
    // Before the expensive hash; the update below has the last word.
    const auto reset =
        database_.read([&](Transaction& tx) { return password_resets::find_live(tx, digest, clock_.wall()); });
    if (!reset) throw bad_token();
    const auto account = database_.read([&](Transaction& tx) { return accounts::find(tx, reset->user_id); });
    if (!account || account->status != Status::active) throw bad_token();
    if (const auto problem = password_problem(new_password, account->username, account->email)) {
        throw gatehouse::Invalid("/new_password", *problem);
    }
    const std::string hash = hasher_.hash(new_password);
    const Time now = clock_.wall();
    const auto ended = database_.write([&](Transaction& tx) {
        // The account first, as everywhere: whoever has its row has the rest.
        if (!accounts::set_password(tx, account->id, hash, now) || !password_resets::use(tx, digest, now)) {
            throw bad_token();
        }
        password_resets::void_all(tx, account->id);
        if (accounts::verify_email(tx, account->id, reset->email_key, now) && !account->email_verified) {
            account_events::email_verified(tx, account->id, reset->email_key);
        }
        account_events::password_changed(tx, *account, now);
        return sessions::revoke_all(tx, account->id, 0, now);
    });
    sessions_.forget(ended);
    throttle_.succeeded(fold_case(account->username));
    throttle_.succeeded(fold_case(account->email));
}

}  // namespace auth
