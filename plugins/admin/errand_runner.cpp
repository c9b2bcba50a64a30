#include "plugins/admin/errand_runner.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "plugins/admin/bans.hpp"
#include "plugins/admin/report_events.hpp"
#include "plugins/admin/report_repository.hpp"

namespace admin {

namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 5s;    // of one attempt
constexpr auto kFirstPause = 8s;  // after it has begun; longer than kPatience, so that no two run at once
constexpr auto kLongestPause = 60s;
constexpr int kAtOnce = 50;

struct Refusal {
    std::string detail;
};
constexpr auto describe(Refusal*) { return fields(field("detail", &Refusal::detail, gatehouse::optional_default)); }

std::string detail_of(const gatehouse::CallResponse& answer) {
    try {
        return gatehouse::from_json<Refusal>(answer.body).detail;
    } catch (const gatehouse::Problem&) {
        return {};
    }
}

bool is_about_account(ErrandKind kind) { return kind != ErrandKind::remove_post && kind != ErrandKind::remove_comment; }

gatehouse::CallRequest request_of(const Errand& errand) {
    const std::string id = std::to_string(errand.target_id());
    gatehouse::CallRequest request;
    if (is_about_account(errand.kind)) {
        request = gatehouse::CallRequest::get("/api/auth/users/" + id);
        request.method = "PATCH";
        request.headers = {{"content-type", "application/json"}};
        request.body = errand.arguments;
        return request;
    }
    const std::string folder = errand.kind == ErrandKind::remove_post ? "/api/posts/" : "/api/posts/comments/";
    request = gatehouse::CallRequest::get(folder + id);
    request.method = "DELETE";
    request.user = gatehouse::User{errand.actor_id, errand.actor_name, {}, {"moderator"}};
    return request;
}

// It is so already: the answer to an earlier attempt was lost.
bool is_reached(const Errand& errand, const Account& account) {
    switch (errand.kind) {
        case ErrandKind::ban: return account.status == Status::banned;
        case ErrandKind::unban: return account.status == Status::active;
        case ErrandKind::verify_email: return account.email_verified;
        case ErrandKind::set_roles: {
            const auto wanted = gatehouse::from_json<RolesOrder>(errand.arguments).roles;
            return std::set(wanted.begin(), wanted.end()) == std::set(account.roles.begin(), account.roles.end());
        }
        case ErrandKind::remove_post:
        case ErrandKind::remove_comment: break;
    }
    return false;
}

bool is_for_later(int status) { return status >= 500 || status == 408 || status == 429; }

std::chrono::milliseconds pause_after(std::int64_t attempts) {
    return std::min<std::chrono::milliseconds>(kFirstPause * (std::int64_t{1} << std::min<std::int64_t>(attempts, 4)),
                                               kLongestPause);
}

struct RefusedDetails {
    std::string reason;
};
constexpr auto describe(RefusedDetails*) { return fields(field("reason", &RefusedDetails::reason)); }

void settle_reports(Transaction& tx, const Errand& errand, Time now) {
    auto settled = reports::settle(tx, errand.id);
    if (!is_about_account(errand.kind)) {  // what was reported in between is gone as well
        const auto late = reports::resolve_open(
            tx, errand.target,
            {ReportState::resolved, ReportAction::remove, {}, errand.actor_id, errand.actor_name, now, std::nullopt});
        settled.insert(settled.end(), late.begin(), late.end());
    }
    for (const Report& report : settled) events::resolved(tx, report);
}

}  // namespace

std::string_view action_of(ErrandKind kind) {
    switch (kind) {
        case ErrandKind::ban: return "user.ban";
        case ErrandKind::unban: return "user.unban";
        case ErrandKind::set_roles: return "user.roles";
        case ErrandKind::verify_email: return "user.verify_email";
        case ErrandKind::remove_post: return "post.remove";
        case ErrandKind::remove_comment: return "comment.remove";
    }
    return {};
}

void Outcome::require_accepted() const {
    if (kind != Kind::refused) return;
    if (status == 404) throw gatehouse::NotFound(detail);
    throw gatehouse::Conflict(detail);
}

ErrandRunner::ErrandRunner(gatehouse::Context& context, gatehouse::Database& database, gatehouse::IdSource& ids,
                           const Accounts& accounts, const AuditLog& audit)
    : context_(context),
      database_(database),
      ids_(ids),
      accounts_(accounts),
      audit_(audit),
      count_(context.counter("errands_total", "Attempts to have a decision carried out", {"kind", "result"})) {}

Errand ErrandRunner::make(ErrandKind kind, std::string target, std::string arguments, const Actor& actor) {
    Errand errand = make_due(kind, std::move(target), std::move(arguments), actor);
    errand.attempts = 1;
    errand.next_at += kFirstPause;
    return errand;
}

Errand ErrandRunner::make_due(ErrandKind kind, std::string target, std::string arguments, const Actor& actor) {
    const Time now = context_.wall_time();
    return {ids_.next(), kind, std::move(target), std::move(arguments), actor.id, actor.name, actor.request_id, 0,
            now,         now};
}

Outcome ErrandRunner::carry_out(const Errand& errand) {
    Outcome outcome = attempt(errand);
    constexpr const char* kResults[] = {"done", "refused", "unknown"};
    count_.add(1, {gatehouse::name_of(errand.kind), kResults[static_cast<int>(outcome.kind)]});
    if (outcome.kind == Outcome::Kind::unknown) {
        context_.log().warn("a decision could not be carried out yet", {{"errand", gatehouse::name_of(errand.kind)},
                                                                        {"target", errand.target},
                                                                        {"attempts", errand.attempts},
                                                                        {"error", outcome.detail}});
        return outcome;
    }
    finish(errand, outcome);
    return outcome;
}

void ErrandRunner::carry_out_due(const gatehouse::JobRun& run) {
    const Time now = context_.wall_time();
    const auto due = database_.read([&](Transaction& tx) { return errands::due(tx, now, kAtOnce); });
    for (Errand errand : due) {
        if (run.should_stop()) return;
        const Time next_at = context_.wall_time() + pause_after(errand.attempts);
        if (!database_.write([&](Transaction& tx) { return errands::claim(tx, errand, next_at); })) continue;
        ++errand.attempts;
        carry_out(errand);
    }
}

Outcome ErrandRunner::attempt(const Errand& errand) const {
    auto request = request_of(errand);
    request.deadline = context_.now() + kPatience;
    request.request_id = errand.request_id;
    try {
        const auto answer = context_.call(is_about_account(errand.kind) ? "auth" : "posts", request);
        if (answer.ok()) return {Outcome::Kind::done, 0, {}};
        if (is_for_later(answer.status)) return {Outcome::Kind::unknown, 0, "status " + std::to_string(answer.status)};
        if (is_about_account(errand.kind)) return change_account(errand, answer);
        if (answer.status == 404) return {Outcome::Kind::done, 0, {}};  // it is gone already
        return {Outcome::Kind::refused, answer.status, detail_of(answer)};
    } catch (const gatehouse::CallFailed& error) {
        return {Outcome::Kind::unknown, 0, error.what()};
    }
}

Outcome ErrandRunner::change_account(const Errand& errand, const gatehouse::CallResponse& answer) const {
    if (answer.status == 404) return {Outcome::Kind::refused, 404, "There is no such user."};
    const auto account = accounts_.find(errand.target_id());
    if (account && is_reached(errand, *account)) return {Outcome::Kind::done, 0, {}};
    return {Outcome::Kind::refused, answer.status, detail_of(answer)};
}

void ErrandRunner::finish(const Errand& errand, const Outcome& outcome) {
    const Time now = context_.wall_time();
    database_.write([&](Transaction& tx) {
        if (!errands::remove(tx, errand.id)) return;
        const bool ends_ban = outcome.is_done() ? errand.kind == ErrandKind::unban
                                                : errand.kind == ErrandKind::ban || errand.kind == ErrandKind::unban;
        if (ends_ban) static_cast<void>(bans::remove(tx, errand.target_id()));
        if (outcome.is_done()) {
            settle_reports(tx, errand, now);
            return;
        }
        reports::reopen(tx, errand.id);
        const Actor actor{errand.actor_id, errand.actor_name, false, errand.request_id, {}};
        audit_.write(tx, now, actor, std::string(action_of(errand.kind)) + "_refused", errand.target,
                     RefusedDetails{outcome.detail});
    });
}

}  // namespace admin
