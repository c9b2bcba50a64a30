// Checks names and passwords, slowly for those who guess.
#pragma once

#include <chrono>
#include <gatehouse/storage/database.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/auth/account_repository.hpp"
#include "plugins/auth/password_hasher.hpp"
#include "plugins/auth/session_service.hpp"
#include "plugins/auth/throttle.hpp"

namespace auth {

enum class LoginOutcome {
    granted,
    wrong,  // no such account, or not its password: never told apart, neither by the answer nor by the time it takes
    throttled,  // the password was not looked at, or the answer is withheld
    banned,     // told only to who knows the password
};

struct LoginResult {
    LoginOutcome outcome = LoginOutcome::wrong;
    std::optional<Grant> grant{};
    std::chrono::seconds retry_after{};
};

// Thread-safe; blocks. REQUIRES: what it refers to outlives it.
class LoginService final {
public:
    LoginService(gatehouse::Database& database, PasswordHasher& hasher, Throttle& throttle, SessionService& sessions,
                 Clock clock);

    // login: user name or e-mail address, any case.
    [[nodiscard]] LoginResult log_in(std::string_view login, std::string_view password, const Client& client);

    // For a user who is logged in and has to show again that it is him. Throttled like a login.
    [[nodiscard]] LoginResult confirm(const Credentials& credentials, std::string_view password, const Client& client);

private:
    [[nodiscard]] bool matches(const std::optional<Credentials>& credentials, std::string_view password);
    [[nodiscard]] LoginResult throttled_by(std::string_view account, const Client& client) const;
    void rehash_if_outdated(Credentials& credentials, std::string_view password);
    [[nodiscard]] std::optional<Grant> begin_session(const Credentials& credentials, std::string_view password,
                                                     const Client& client);

    gatehouse::Database& database_;
    PasswordHasher& hasher_;
    Throttle& throttle_;
    SessionService& sessions_;
    const Clock clock_;
};

}  // namespace auth
