#include "plugins/auth/token_handlers.hpp"

#include <set>
#include <string_view>

#include "plugins/auth/session_handlers.hpp"

namespace auth {
namespace {

using gatehouse::Pairs;
using gatehouse::Request;
using gatehouse::Response;

Response refuse(std::string error, std::string description, int status = 400) {
    Response response = Response::json(TokenError{std::move(error), std::move(description)}, status);
    response.header("cache-control", "no-store");
    return response;
}

const std::string* find(const Pairs& form, std::string_view name) {
    for (const auto& [key, value] : form) {
        if (key == name) return &value;
    }
    return nullptr;
}

// "Request and response parameters MUST NOT be included more than once" (RFC 6749, 3.2).
bool repeats_a_parameter(const Pairs& form) {
    std::set<std::string_view> seen;
    for (const auto& [key, value] : form) {
        if (!seen.insert(key).second) return true;
    }
    return false;
}

}  // namespace

TokenHandlers::TokenHandlers(LoginService& logins, SessionService& sessions, const Metrics& metrics,
                             const gatehouse::Log& log)
    : logins_(logins), sessions_(sessions), metrics_(metrics), log_(log) {}

Response TokenHandlers::token(const Request& request) const {
    if (!gatehouse::parse_form(request.body())) return refuse("invalid_request", "The form is malformed.");
    const Pairs form = request.form();
    if (repeats_a_parameter(form)) return refuse("invalid_request", "A parameter is given more than once.");
    const std::string* grant_type = find(form, "grant_type");
    if (grant_type == nullptr || grant_type->empty() || *grant_type == "password") return by_password(request, form);
    if (*grant_type == "refresh_token") return by_refresh_token(form);
    return refuse("unsupported_grant_type", "Use password or refresh_token.");
}

Response TokenHandlers::by_password(const Request& request, const Pairs& form) const {
    const std::string* username = find(form, "username");
    const std::string* password = find(form, "password");
    if (username == nullptr || password == nullptr)
        return refuse("invalid_request", "username and password are required.");
    const LoginResult result = logins_.log_in(*username, *password, client_of(request));
    metrics_.logins.add(1, {to_string(result.outcome)});
    switch (result.outcome) {
        case LoginOutcome::granted: return grant_response(*result.grant, Delivery::json, {});
        case LoginOutcome::wrong: return refuse("invalid_grant", "The user name or the password is not right.");
        case LoginOutcome::banned: return refuse("invalid_grant", "The account is banned.");
        case LoginOutcome::throttled: break;
    }
    Response response = refuse("invalid_grant", "Too many failed logins.", 429);
    response.header("retry-after", std::to_string(result.retry_after.count()));
    return response;
}

Response TokenHandlers::by_refresh_token(const Pairs& form) const {
    const std::string* token = find(form, "refresh_token");
    if (token == nullptr) return refuse("invalid_request", "refresh_token is required.");
    const auto grant = refresh_and_report(sessions_, *token, metrics_, log_).grant;
    if (!grant) return refuse("invalid_grant", "The refresh token is not valid.");
    return grant_response(*grant, Delivery::json, {});
}

}  // namespace auth
