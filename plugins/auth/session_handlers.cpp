#include "plugins/auth/session_handlers.hpp"

#include <gatehouse/problem.hpp>
#include <utility>

namespace auth {

using gatehouse::NoContent;
using gatehouse::Request;
using gatehouse::Response;
using gatehouse::Unauthorized;

namespace {

LogoutBody body_of(const Request& request) {
    return request.body().empty() ? LogoutBody{} : request.json<LogoutBody>();
}

}  // namespace

std::string_view to_string(LoginOutcome outcome) {
    switch (outcome) {
        case LoginOutcome::granted: return "granted";
        case LoginOutcome::wrong: return "wrong";
        case LoginOutcome::throttled: return "throttled";
        case LoginOutcome::banned: return "banned";
    }
    return {};
}

std::string_view to_string(RefreshOutcome outcome) {
    switch (outcome) {
        case RefreshOutcome::granted: return "granted";
        case RefreshOutcome::refused: return "refused";
        case RefreshOutcome::raced: return "raced";
        case RefreshOutcome::reused: return "reused";
    }
    return {};
}

Refreshed refresh_and_report(SessionService& sessions, const std::string& refresh_token, const Metrics& metrics,
                             const gatehouse::Log& log) {
    Refreshed refreshed = sessions.refresh(refresh_token);
    metrics.refreshes.add(1, {to_string(refreshed.outcome)});
    if (refreshed.outcome == RefreshOutcome::reused) {
        log.warn("a used refresh token came back; its session is ended", {{"session", refreshed.session_id}});
    }
    return refreshed;
}

SessionHandlers::SessionHandlers(LoginService& logins, SessionService& sessions, const Callers& callers,
                                 const OriginCheck& origins, CookieRules cookies, const Metrics& metrics,
                                 const gatehouse::Log& log)
    : logins_(logins),
      sessions_(sessions),
      callers_(callers),
      origins_(origins),
      cookies_(std::move(cookies)),
      metrics_(metrics),
      log_(log) {}

Response SessionHandlers::log_in(const Request& request, const LoginBody& body,
                                 gatehouse::Query<LoginQuery> query) const {
    // Else another site could log its visitor in as somebody else, and read what he then writes.
    if (query->cookie && origins_.is_foreign(request)) throw gatehouse::Forbidden(kForeignOrigin);
    const LoginResult result = logins_.log_in(body.name(), body.password, client_of(request));
    metrics_.logins.add(1, {to_string(result.outcome)});
    switch (result.outcome) {
        case LoginOutcome::wrong: throw Unauthorized("The login or the password is not right.", kChallenge);
        case LoginOutcome::throttled: throw gatehouse::TooManyRequests(result.retry_after, "Too many failed logins.");
        case LoginOutcome::banned: throw gatehouse::Forbidden("The account is banned.");
        case LoginOutcome::granted: break;
    }
    return grant_response(*result.grant, query->cookie ? Delivery::cookies : Delivery::json, cookies_);
}

Response SessionHandlers::refresh(const Request& request) const {
    const auto cookie = request.cookie(cookies_.refresh_name());
    const bool by_cookie = request.body().empty() && cookie.has_value();
    if (by_cookie && !origins_.passes(request)) throw gatehouse::Forbidden(kForeignOrigin);
    const std::string token = by_cookie ? std::string(*cookie) : request.json<RefreshBody>().refresh_token;
    const Refreshed refreshed = refresh_and_report(sessions_, token, metrics_, log_);
    if (refreshed.grant) {
        return grant_response(*refreshed.grant, by_cookie ? Delivery::cookies : Delivery::json, cookies_);
    }
    const Unauthorized problem("The refresh token is not valid.", kInvalidToken);
    // Who lost a race has a sibling whose cookies are new, and the same browser keeps both.
    if (!by_cookie || refreshed.outcome == RefreshOutcome::raced) throw problem;
    Response response(401);
    response.header("www-authenticate", kInvalidToken).header("cache-control", "no-store");
    response.body(problem.to_json(request.id()), "application/problem+json");
    clear_cookies(response, cookies_);
    return response;
}

Response SessionHandlers::log_out(const Request& request) const {
    if (is_over(request)) return forget(request);
    const Caller caller = callers_.require(request);
    const LogoutBody body = body_of(request);
    if (body.all) {
        sessions_.end_all(caller.user_id);
    } else {
        sessions_.end(caller.user_id, caller.session_id);
    }
    Response response(204);
    if (request.cookie(cookies_.name)) clear_cookies(response, cookies_);
    return response;
}

bool SessionHandlers::is_over(const Request& request) const {
    return (request.cookie(cookies_.name) || request.cookie(cookies_.refresh_name())) && callers_.has_ended(request);
}

// The refresh token may be good although the access token is not.
Response SessionHandlers::forget(const Request& request) const {
    const LogoutBody body = body_of(request);
    if (const auto token = request.cookie(cookies_.refresh_name())) sessions_.end_by(*token, body.all);
    Response response(204);
    clear_cookies(response, cookies_);
    return response;
}

SessionList SessionHandlers::list(const Request& request) const {
    const Caller caller = callers_.require(request);
    SessionList list;
    for (Session& session : sessions_.list(caller.user_id)) {
        list.items.push_back({.id = session.id,
                              .device = std::move(session.device),
                              .ip = std::move(session.address),
                              .created_at = session.created_at,
                              .last_used_at = session.last_used_at,
                              .expires_at = session.idle_expires_at,
                              .current = session.id == caller.session_id});
    }
    return list;
}

// Who asks comes first: an id that cannot be one is told to nobody else.
NoContent SessionHandlers::end(const Request& request) const {
    const Caller caller = callers_.require(request);
    if (!sessions_.end(caller.user_id, request.path_param<std::int64_t>("id"))) {
        throw gatehouse::NotFound("There is no such session.");
    }
    return {};
}

}  // namespace auth
