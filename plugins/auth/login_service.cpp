#include "plugins/auth/login_service.hpp"

#include <utility>

#include "plugins/auth/password_policy.hpp"

namespace auth {

LoginService::LoginService(gatehouse::Database& database, PasswordHasher& hasher, Throttle& throttle,
                           SessionService& sessions, Clock clock)
    : database_(database), hasher_(hasher), throttle_(throttle), sessions_(sessions), clock_(std::move(clock)) {}

LoginResult LoginService::log_in(std::string_view login, std::string_view password, const Client& client) {
    const std::string account = fold_case(login);
    if (auto early = throttled_by(account, client); early.outcome == LoginOutcome::throttled) return early;

    std::optional<Credentials> credentials;
    if (is_username(login) || is_email(login)) {
        credentials = database_.read([&](Transaction& tx) { return accounts::find_by_login(tx, login); });
    }
    const bool is_right = matches(credentials, password) && credentials->account.status != Status::deleted;

    // Once more: of many guesses at the same time, only those count that end before the account is closed to them.
    if (auto late = throttled_by(account, client); late.outcome == LoginOutcome::throttled) return late;
    if (!is_right) {
        throttle_.failed(account, client.address, clock_.steady());
        return {.outcome = LoginOutcome::wrong};
    }
    throttle_.succeeded(account);
    if (credentials->account.status == Status::banned) return {.outcome = LoginOutcome::banned};
    rehash_if_outdated(*credentials, password);
    auto grant = begin_session(*credentials, password, client);
    if (!grant) return {.outcome = LoginOutcome::wrong};
    return {.outcome = LoginOutcome::granted, .grant = std::move(grant)};
}

LoginResult LoginService::confirm(const Credentials& credentials, std::string_view password, const Client& client) {
    const std::string account = "#" + std::to_string(credentials.account.id);  // no login looks like that
    if (auto early = throttled_by(account, client); early.outcome == LoginOutcome::throttled) return early;
    if (!matches(credentials, password)) {
        throttle_.failed(account, client.address, clock_.steady());
        return {.outcome = LoginOutcome::wrong};
    }
    throttle_.succeeded(account);
    return {.outcome = LoginOutcome::granted};
}

bool LoginService::matches(const std::optional<Credentials>& credentials, std::string_view password) {
    if (!is_hashable(password)) password = "-";  // was never accepted; still the same work
    if (credentials) return hasher_.matches(password, credentials->password_hash);
    hasher_.pretend(password);
    return false;
}

LoginResult LoginService::throttled_by(std::string_view account, const Client& client) const {
    const auto wait = throttle_.wait(account, client.address, clock_.steady());
    if (wait == wait.zero()) return {};
    return {.outcome = LoginOutcome::throttled,
            .grant = std::nullopt,
            .retry_after = std::chrono::ceil<std::chrono::seconds>(wait)};
}

void LoginService::rehash_if_outdated(Credentials& credentials, std::string_view password) {
    if (!hasher_.is_outdated(credentials.password_hash)) return;
    std::string renewed = hasher_.hash(password);
    const bool replaced = database_.write([&](Transaction& tx) {
        return accounts::replace_password(tx, credentials.account.id, credentials.password_hash, renewed,
                                          clock_.wall());
    });
    if (replaced) credentials.password_hash = std::move(renewed);
}

// The hash may have changed since it was looked at: by another login, which has renewed it, or with the password; then
// the old password must not begin a session that the change could not end.
std::optional<Grant> LoginService::begin_session(const Credentials& credentials, std::string_view password,
                                                 const Client& client) {
    if (auto grant = sessions_.begin(credentials, client)) return grant;
    const auto present =
        database_.read([&](Transaction& tx) { return accounts::find_credentials(tx, credentials.account.id); });
    if (!present || present->password_hash == credentials.password_hash || !matches(present, password)) {
        return std::nullopt;
    }
    return sessions_.begin(*present, client);
}

}  // namespace auth
