// The OAuth 2.0 token endpoint (RFC 6749): grants `password` and `refresh_token`, with its own form of errors (5.2).
#pragma once

#include <gatehouse/form.hpp>
#include <gatehouse/log.hpp>
#include <gatehouse/request.hpp>
#include <gatehouse/response.hpp>
#include <optional>
#include <string>

#include "plugins/auth/caller.hpp"
#include "plugins/auth/grant_response.hpp"
#include "plugins/auth/login_service.hpp"
#include "plugins/auth/metrics.hpp"

namespace auth {

// For the document: what the form may have, and the errors of RFC 6749.
enum class GrantType { password, refresh_token };
constexpr auto describe(GrantType*) {
    return gatehouse::names<GrantType>(
        {{"password", GrantType::password}, {"refresh_token", GrantType::refresh_token}});
}
struct TokenForm {
    std::optional<GrantType> grant_type;
    std::optional<std::string> username, password, refresh_token;
};
constexpr auto describe(TokenForm*) {
    using namespace gatehouse;
    return fields(field("grant_type", &TokenForm::grant_type, description("password if absent")),
                  field("username", &TokenForm::username), field("password", &TokenForm::password, write_only),
                  field("refresh_token", &TokenForm::refresh_token, write_only));
}

struct TokenError {
    std::string error;
    std::string error_description;
};
constexpr auto describe(TokenError*) {
    return gatehouse::fields(gatehouse::field("error", &TokenError::error),
                             gatehouse::field("error_description", &TokenError::error_description));
}

class TokenHandlers final {
public:
    TokenHandlers(LoginService& logins, SessionService& sessions, const Metrics& metrics, const gatehouse::Log& log);

    [[nodiscard]] gatehouse::Response token(const gatehouse::Request& request) const;

private:
    [[nodiscard]] gatehouse::Response by_password(const gatehouse::Request& request,
                                                  const gatehouse::Pairs& form) const;
    [[nodiscard]] gatehouse::Response by_refresh_token(const gatehouse::Pairs& form) const;

    LoginService& logins_;
    SessionService& sessions_;
    const Metrics& metrics_;
    const gatehouse::Log& log_;
};

}  // namespace auth
