#include "plugins/auth/caller.hpp"

#include <charconv>
#include <gatehouse/problem.hpp>
#include <utility>

namespace auth {
namespace {

constexpr std::string_view kScheme = "bearer";

std::int64_t parse_session(std::string_view text) {
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    return error == std::errc() && end == text.data() + text.size() ? id : 0;
}

// Credentials of this scheme, in any case; what follows may be nothing.
bool is_bearer(std::string_view field) {
    return fold_case(field.substr(0, kScheme.size())) == kScheme &&
           (field.size() == kScheme.size() || field[kScheme.size()] == ' ' || field[kScheme.size()] == '\t');
}

// The scheme, 1*SP (RFC 9110, 11.4), and a token without any. REQUIRES: is_bearer(field).
std::string_view bearer_token(std::string_view field) {
    const auto begin = field.find_first_not_of(' ', kScheme.size());
    if (begin == field.npos || begin == kScheme.size()) return {};
    const std::string_view token = field.substr(begin);
    const auto has = [&](char c) { return token.find(c) != token.npos; };  // three fast passes beat one slow one
    return has(' ') || has('\t') || has(',') ? std::string_view() : token;
}

}  // namespace

PresentedToken presented_token(const gatehouse::Request& request, std::string_view cookie_name) {
    const auto fields = request.header_values("authorization");
    if (fields.size() > 1) return {{}, true};
    if (fields.size() == 1) {
        return is_bearer(fields.front()) ? PresentedToken{bearer_token(fields.front()), true} : PresentedToken{};
    }
    const auto cookie = request.cookie(cookie_name);
    return {cookie.value_or(std::string_view()), cookie.has_value(), true};
}

Callers::Callers(AccessCheck& access, const OriginCheck& origins, std::string cookie_name, Clock clock)
    : access_(access), origins_(origins), cookie_name_(std::move(cookie_name)), clock_(std::move(clock)) {}

Caller Callers::require(const gatehouse::Request& request) const {
    if (const gatehouse::User* user = request.maybe_user()) return {user->id, parse_session(user->session)};
    const PresentedToken presented = presented_token(request, cookie_name_);
    if (!presented.is_there) throw gatehouse::Unauthorized({}, kChallenge);
    const Access access = access_.check(presented.text, clock_.seconds());
    if (access.claims == nullptr) throw gatehouse::Unauthorized({}, kInvalidToken);
    if (presented.is_cookie && !is_safe_method(request.method()) && !origins_.passes(request)) {
        throw gatehouse::Forbidden(kForeignOrigin);
    }
    return {access.claims->user_id, access.claims->session_id};
}

bool Callers::has_ended(const gatehouse::Request& request) const {
    if (request.maybe_user() != nullptr || request.header("authorization")) return false;
    const PresentedToken presented = presented_token(request, cookie_name_);
    if (presented.is_there && access_.check(presented.text, clock_.seconds()).claims != nullptr) return false;
    if (!is_safe_method(request.method()) && !origins_.passes(request)) throw gatehouse::Forbidden(kForeignOrigin);
    return true;
}

Client client_of(const gatehouse::Request& request) {
    return {.address = std::string(request.remote_address()),
            .device = std::string(request.header("user-agent").value_or(std::string_view()))};
}

}  // namespace auth
