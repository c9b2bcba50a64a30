// Logging in, staying logged in, logging out.
#pragma once

#include <cstdint>
#include <gatehouse/handler.hpp>
#include <gatehouse/log.hpp>
#include <optional>
#include <string>
#include <vector>

#include "plugins/auth/caller.hpp"
#include "plugins/auth/grant_response.hpp"
#include "plugins/auth/login_service.hpp"
#include "plugins/auth/metrics.hpp"

namespace auth {

struct LoginBody {
    std::optional<std::string> login;  // user name or e-mail address; the two below are other names for the same
    std::optional<std::string> username;
    std::optional<std::string> email;
    std::string password;

    [[nodiscard]] const std::string& name() const { return login ? *login : username ? *username : *email; }
};
constexpr auto describe(LoginBody*) {
    using gatehouse::field;
    return gatehouse::fields(field("login", &LoginBody::login), field("username", &LoginBody::username),
                             field("email", &LoginBody::email),
                             field("password", &LoginBody::password, gatehouse::write_only))
        .check([](const LoginBody& body, gatehouse::FieldErrors& errors) {
            if (!body.login && !body.username && !body.email) errors.add("login", "is required");
        });
}

struct LoginQuery {
    bool cookie = false;
};
constexpr auto describe(LoginQuery*) {
    return gatehouse::fields(gatehouse::field("cookie", &LoginQuery::cookie, gatehouse::optional_default,
                                              gatehouse::description("tokens in cookies that scripts cannot read")));
}

struct RefreshBody {
    std::string refresh_token;
};
constexpr auto describe(RefreshBody*) {
    return gatehouse::fields(gatehouse::field("refresh_token", &RefreshBody::refresh_token, gatehouse::write_only));
}

struct LogoutBody {
    bool all = false;
};
constexpr auto describe(LogoutBody*) {
    return gatehouse::fields(gatehouse::field("all", &LogoutBody::all, gatehouse::optional_default));
}

struct SessionView {
    std::int64_t id = 0;
    std::string device, ip;
    Time created_at{}, last_used_at{}, expires_at{};
    bool current = false;
};
constexpr auto describe(SessionView*) {
    using gatehouse::field;
    return gatehouse::fields(field("id", &SessionView::id), field("device", &SessionView::device),
                             field("ip", &SessionView::ip), field("created_at", &SessionView::created_at),
                             field("last_used_at", &SessionView::last_used_at),
                             field("expires_at", &SessionView::expires_at), field("current", &SessionView::current));
}

struct SessionList {
    std::vector<SessionView> items;
};
constexpr auto describe(SessionList*) { return gatehouse::fields(gatehouse::field("items", &SessionList::items)); }

// Counts and logs uses of refresh tokens; shared by the two routes that take them.
[[nodiscard]] Refreshed refresh_and_report(SessionService& sessions, const std::string& refresh_token,
                                           const Metrics& metrics, const gatehouse::Log& log);

class SessionHandlers final {
public:
    SessionHandlers(LoginService& logins, SessionService& sessions, const Callers& callers, const OriginCheck& origins,
                    CookieRules cookies, const Metrics& metrics, const gatehouse::Log& log);

    [[nodiscard]] gatehouse::Response log_in(const gatehouse::Request& request, const LoginBody& body,
                                             gatehouse::Query<LoginQuery> query) const;
    [[nodiscard]] gatehouse::Response refresh(const gatehouse::Request& request) const;
    [[nodiscard]] gatehouse::Response log_out(const gatehouse::Request& request) const;
    [[nodiscard]] SessionList list(const gatehouse::Request& request) const;
    [[nodiscard]] gatehouse::NoContent end(const gatehouse::Request& request) const;

private:
    // Whether the request has cookies of a session that is over, and nothing better.
    [[nodiscard]] bool is_over(const gatehouse::Request& request) const;
    [[nodiscard]] gatehouse::Response forget(const gatehouse::Request& request) const;

    LoginService& logins_;
    SessionService& sessions_;
    const Callers& callers_;
    const OriginCheck& origins_;
    const CookieRules cookies_;
    const Metrics& metrics_;
    const gatehouse::Log& log_;
};

[[nodiscard]] std::string_view to_string(LoginOutcome outcome);
[[nodiscard]] std::string_view to_string(RefreshOutcome outcome);

}  // namespace auth
