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
constexpr auto kLongestPauseOfFailures = 3'600s;
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

// Busy, or a gateway between that found nobody: another errand would have got the same.
bool is_about_now(int status) {
    return status == 408 || status == 429 || status == 502 || status == 503 || status == 504;
}

std::chrono::milliseconds pause_after(std::int64_t attempts, std::chrono::milliseconds longest = kLongestPause) {
    const auto doublings = std::min<std::int64_t>(attempts, 10);
    return std::min<std::chrono::milliseconds>(kFirstPause * (std::int64_t{1} << doublings), longest);
}

struct RefusedDetails {
    std::string reason;
};
constexpr auto describe(RefusedDetails*) { return fields(field("reason", &RefusedDetails::reason)); }

struct DelayedDetails {
    std::int64_t errand = 0, attempts = 0;
    std::string reason;
};
constexpr auto describe(DelayedDetails*) {
    return fields(field("errand", &DelayedDetails::errand), field("attempts", &DelayedDetails::attempts),
                  field("reason", &DelayedDetails::reason));
}

// For the audit log: who has decided it.
Actor actor_of(const Errand& errand) { return {errand.actor_id, errand.actor_name, false, errand.request_id, {}}; }

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
      count_(context.counter("errands_total", "Attempts to have a decision carried out", {"kind", "result"})),
      stuck_(context.counter("errands_stuck_total", "Decisions that have failed for about an hour", {"kind"})) {}

Errand ErrandRunner::make(ErrandKind kind, std::string target, std::string arguments, const Actor& actor) {
    Errand errand = make_due(kind, std::move(target), std::move(arguments), actor);
    errand.attempts = 1;
    errand.next_at += kFirstPause;
    return errand;
}

Errand ErrandRunner::make_due(ErrandKind kind, std::string target, std::string arguments, const Actor& actor) {
    Errand errand;
    errand.id = ids_.next();
    errand.kind = kind;
    errand.target = std::move(target);
    errand.arguments = std::move(arguments);
    errand.actor_id = actor.id;
    errand.actor_name = actor.name;
    errand.request_id = actor.request_id;
    errand.created_at = errand.next_at = context_.wall_time();
    return errand;
}

Outcome ErrandRunner::carry_out(const Errand& errand) {
    Outcome outcome = attempt(errand);
    constexpr const char* kResults[] = {"done", "refused", "unknown", "failed"};
    count_.add(1, {gatehouse::name_of(errand.kind), kResults[static_cast<int>(outcome.kind)]});
    if (outcome.is_for_later()) {
        put_off(errand, outcome);
        context_.log().warn("a decision could not be carried out yet", {{"errand", gatehouse::name_of(errand.kind)},
                                                                        {"target", errand.target},
                                                                        {"attempts", errand.attempts},
                                                                        {"error", outcome.detail}});
        return outcome;
    }
    static_cast<void>(finish(errand, outcome));
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
        errand.next_at = next_at;
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
        const std::string status = "status " + std::to_string(answer.status);
        if (is_about_now(answer.status)) return {Outcome::Kind::unknown, 0, status};
        if (const auto error = answer.header("gatehouse-error")) {
            return {Outcome::Kind::failed, 0, status + " of the gateway, " + std::string(*error)};
        }
        if (answer.status >= 500) return {Outcome::Kind::failed, 0, status};
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

bool ErrandRunner::give_up(std::int64_t id) {
    const auto errand = database_.read([&](Transaction& tx) { return errands::find(tx, id); });
    if (!errand) return false;
    context_.log().warn("a decision is given up",
                        {{"errand", gatehouse::name_of(errand->kind)}, {"target", errand->target}});
    return finish(*errand, {Outcome::Kind::refused, 0, "given up by the operator; " + errand->last_error});
}

// An errand that fails is tried ever more seldom. Once it has done so for a while, administrators and operators are
// told; somebody has to mend the other service, or to give the errand up.
void ErrandRunner::put_off(Errand errand, const Outcome& outcome) {
    errand.last_error = outcome.detail;
    if (outcome.kind == Outcome::Kind::failed) {
        ++errand.failures;
        errand.next_at = context_.wall_time() + pause_after(errand.failures, kLongestPauseOfFailures);
    }
    const bool is_stuck_now = outcome.kind == Outcome::Kind::failed && errand.failures == Errand::kStuckAfter;
    const bool is_ours = database_.write([&](Transaction& tx) {
        if (!errands::put_off(tx, errand)) return false;
        if (is_stuck_now) {
            audit_.write(tx, context_.wall_time(), actor_of(errand), std::string(action_of(errand.kind)) + "_delayed",
                         errand.target, DelayedDetails{errand.id, errand.attempts, outcome.detail});
        }
        return true;
    });
    if (!is_ours || !is_stuck_now) return;
    stuck_.add(1, {gatehouse::name_of(errand.kind)});
    context_.log().error("a decision is stuck", {{"errand", gatehouse::name_of(errand.kind)},
                                                 {"id", errand.id},
                                                 {"target", errand.target},
                                                 {"error", outcome.detail},
                                                 {"help", "commands errands.list, errands.retry, errands.give_up"}});
}

bool ErrandRunner::finish(const Errand& errand, const Outcome& outcome) {
    const Time now = context_.wall_time();
    return database_.write([&](Transaction& tx) {
        if (!errands::remove(tx, errand.id)) return false;
        const bool ends_ban = outcome.is_done() ? errand.kind == ErrandKind::unban
                                                : errand.kind == ErrandKind::ban || errand.kind == ErrandKind::unban;
        if (ends_ban) static_cast<void>(bans::remove(tx, errand.target_id()));
        if (outcome.is_done()) {
            settle_reports(tx, errand, now);
            return true;
        }
        reports::reopen(tx, errand.id);
        audit_.write(tx, now, actor_of(errand), std::string(action_of(errand.kind)) + "_refused", errand.target,
                     RefusedDetails{outcome.detail});
        return true;
    });
}

}  // namespace admin
