// How a grant is handed to the client: as JSON, or as cookies that scripts cannot read.
#pragma once

#include <chrono>
#include <cstdint>
#include <gatehouse/patch.hpp>
#include <gatehouse/response.hpp>
#include <string>

#include "plugins/auth/session_service.hpp"

namespace auth {

struct TokenAnswer {
    gatehouse::Patch<Account> user;  // only when an account was made
    std::string access_token;
    std::string token_type = "bearer";
    std::int64_t expires_in = 0;                  // seconds
    gatehouse::Patch<std::string> refresh_token;  // absent when it went into a cookie
};
constexpr auto describe(TokenAnswer*) {
    using gatehouse::field;
    return gatehouse::fields(field("user", &TokenAnswer::user), field("access_token", &TokenAnswer::access_token),
                             field("token_type", &TokenAnswer::token_type),
                             field("expires_in", &TokenAnswer::expires_in),
                             field("refresh_token", &TokenAnswer::refresh_token));
}

// For the document: what signing up answers.
struct SignUpAnswer {
    Account user;
    std::string access_token, token_type;
    std::int64_t expires_in = 0;
    std::string refresh_token;
};
constexpr auto describe(SignUpAnswer*) {
    using gatehouse::field;
    using S = SignUpAnswer;
    return gatehouse::fields(field("user", &S::user), field("access_token", &S::access_token),
                             field("token_type", &S::token_type), field("expires_in", &S::expires_in),
                             field("refresh_token", &S::refresh_token));
}

struct CookieRules {
    std::string name = "session";  // holds the access token; the refresh token is in "<name>_refresh"
    std::chrono::seconds lifetime{std::chrono::days(30)};

    [[nodiscard]] std::string refresh_name() const { return name + "_refresh"; }
};

enum class Delivery { json, cookies };

// Never cached. With cookies the access token is in the body as well, but the refresh token is not.
[[nodiscard]] gatehouse::Response grant_response(const Grant& grant, Delivery delivery, const CookieRules& cookies);
// 201 with the account.
[[nodiscard]] gatehouse::Response sign_up_response(const Grant& grant);
// Deletes both.
void clear_cookies(gatehouse::Response& response, const CookieRules& cookies);

}  // namespace auth
