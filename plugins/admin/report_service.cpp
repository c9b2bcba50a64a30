#include "plugins/admin/report_service.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include <gatehouse/problem.hpp>

#include "plugins/admin/bans.hpp"
#include "plugins/admin/decision_details.hpp"
#include "plugins/admin/report_events.hpp"
#include "plugins/admin/report_repository.hpp"

namespace admin {

namespace {

using gatehouse::Conflict;

constexpr std::string_view kScope = "admin.reports";

const char* pointer_of(const ReportDraft& draft) {
    return draft.post_id ? "/post_id" : draft.comment_id ? "/comment_id" : "/user_id";
}

const char* absence_of(const ReportDraft& draft) {
    return draft.post_id      ? "There is no such post."
           : draft.comment_id ? "There is no such comment."
                              : "There is no such user.";
}

bool is_same(const Report& report, const Actor& actor, const Decision& decision) {
    return report.resolved_by == actor.id && report.action == decision.action;
}

// Open, or what the same moderator has decided already.
void require_open(const Report& report, const Actor& actor, const Decision& decision) {
    if (report.state == ReportState::open || is_same(report, actor, decision)) return;
    throw Conflict("The report has been resolved already.");
}

std::string reason_of(const Report& report, const Decision& decision) {
    return decision.note && is_not_blank(*decision.note) ? *decision.note : report.reason;
}

struct BanDetails {
    std::int64_t report = 0;
    std::string username, reason;
    std::optional<Time> until;
};
constexpr auto describe(BanDetails*) {
    return fields(field("report", &BanDetails::report), field("username", &BanDetails::username),
                  field("reason", &BanDetails::reason), field("until", &BanDetails::until));
}

}  // namespace

ReportService::ReportService(const gatehouse::Context& context, gatehouse::Database& database, gatehouse::IdSource& ids,
                             const Accounts& accounts, ErrandRunner& errands, const AuditLog& audit,
                             std::string_view cursor_key)
    : context_(context),
      database_(database),
      ids_(ids),
      accounts_(accounts),
      contents_(context, accounts),
      errands_(errands),
      audit_(audit),
      cursors_(cursor_key) {}

ReportService::Filed ReportService::file(const gatehouse::Request& request, const ReportDraft& draft) {
    const gatehouse::User& reporter = request.user();
    const auto content = contents_.find(draft, request);
    if (!content) throw gatehouse::NotFound(absence_of(draft));
    if (content->author_id == reporter.id) throw gatehouse::Invalid(pointer_of(draft), "is your own");
    Report report;
    report.id = ids_.next();
    report.target = content->target;
    report.author_id = content->author_id;
    report.author_name = content->author_name;
    report.excerpt = content->excerpt;
    report.reporter_id = reporter.id;
    report.reporter_name = reporter.name;
    report.reason = draft.reason;
    report.created_at = context_.wall_time();
    return database_.write([&](Transaction& tx) {
        if (auto earlier = reports::find_open(tx, reporter.id, report.target)) return Filed{*std::move(earlier), false};
        if (reports::count_open(tx, reporter.id, kOpenMax) >= kOpenMax) {
            throw gatehouse::TooManyRequests(std::chrono::hours(1), "Too many of your reports are still open.");
        }
        if (!reports::insert(tx, report)) {  // at the same moment
            auto earlier = reports::find_open(tx, reporter.id, report.target);
            if (!earlier) throw gatehouse::ServiceUnavailable();
            return Filed{*std::move(earlier), false};
        }
        events::created(tx, report);
        return Filed{report, true};
    });
}

gatehouse::Page<Report> ReportService::list(const ReportQuery& query) {
    const auto after = cursors_.open<std::int64_t>(query.cursor, kScope);
    const std::int64_t before = after ? std::get<0>(*after) : std::numeric_limits<std::int64_t>::max();
    auto rows = database_.read([&](Transaction& tx) { return reports::list(tx, query, before, query.limit + 1); });
    return gatehouse::make_page(std::move(rows), query.limit,
                                [&](const Report& last) { return cursors_.seal(kScope, last.id); });
}

Report ReportService::find(std::int64_t id) {
    auto report = database_.read([&](Transaction& tx) { return reports::find(tx, id); });
    if (!report) throw gatehouse::NotFound("There is no such report.");
    return *std::move(report);
}

Report ReportService::resolve(const gatehouse::Request& request, std::int64_t id, const Decision& decision) {
    const Actor actor = Actor::of(request);
    if (decision.until && *decision.until <= context_.wall_time()) {
        throw gatehouse::Invalid("/until", "must be in the future");
    }
    const Report report = find(id);
    if (report.author_id == actor.id) throw gatehouse::Forbidden("A report about you is for others to resolve.");
    if (decision.action == ReportAction::remove && report.is_about_user()) {
        throw gatehouse::Invalid("/action", "a user cannot be removed; ban him");
    }
    require_open(report, actor, decision);
    if (report.state != ReportState::open) return report;
    const auto errand = errand_for(request, actor, report, decision);
    const Decided decided = decide(actor, report, decision, errand);
    if (!errand || !decided.is_new) return decided.report;
    errands_.carry_out(*errand).require_accepted();
    return find(id);
}

// Empty: nobody else has to do anything.
std::optional<Errand> ReportService::errand_for(const gatehouse::Request& request, const Actor& actor,
                                                const Report& report, const Decision& decision) {
    switch (decision.action) {
        case ReportAction::dismiss: return std::nullopt;
        case ReportAction::remove:
            return errands_.make(
                report.target.starts_with("post/") ? ErrandKind::remove_post : ErrandKind::remove_comment,
                report.target, "{}", actor);
        case ReportAction::ban: break;
    }
    const auto account = accounts_.find(report.author_id, request);
    if (!account || account->status == Status::deleted) throw Conflict("The account is deleted.");
    if (!actor.is_admin && (account->has_role("admin") || account->has_role("moderator"))) {
        throw gatehouse::Forbidden("Only an administrator may ban an administrator or a moderator.");
    }
    if (account->status == Status::banned) return std::nullopt;  // by somebody else, for his reasons
    return errands_.make(ErrandKind::ban, user_target(report.author_id),
                         ban_order(account->status, reason_of(report, decision)), actor);
}

ReportService::Decided ReportService::decide(const Actor& actor, const Report& report, const Decision& decision,
                                             const std::optional<Errand>& errand) {
    const Time now = context_.wall_time();
    const reports::Resolution resolution{errand ? ReportState::resolving : ReportState::resolved,
                                         decision.action,
                                         decision.note.value_or(""),
                                         actor.id,
                                         actor.name,
                                         now,
                                         errand ? std::optional(errand->id) : std::nullopt};
    return database_.write([&](Transaction& tx) {
        const auto open = reports::lock_open(tx, report.target);
        if (std::find(open.begin(), open.end(), report.id) == open.end()) {  // since we looked
            const Report now_resolved = reports::find(tx, report.id).value_or(report);
            require_open(now_resolved, actor, decision);
            return Decided{now_resolved, false};
        }
        if (errand) errands::insert(tx, *errand);
        const auto decided = reports::resolve_open(tx, report.target, resolution);
        ResolveDetails details{decision.action, report.target, resolution.note, {}};
        for (const Report& one : decided) {
            details.reports.push_back(one.id);
            if (!errand) events::resolved(tx, one);
        }
        audit_.write(tx, now, actor, "report.resolve", "report/" + std::to_string(report.id), details);
        if (errand && errand->kind == ErrandKind::ban) note_ban(tx, actor, report, decision, now);
        if (errand && errand->kind != ErrandKind::ban) {
            audit_.write(tx, now, actor, action_of(errand->kind), report.target,
                         RemovalDetails{report.id, report.author_id, report.excerpt});
        }
        const auto ours =
            std::find_if(decided.begin(), decided.end(), [&](const Report& one) { return one.id == report.id; });
        return Decided{*ours, true};
    });
}

void ReportService::note_ban(Transaction& tx, const Actor& actor, const Report& report, const Decision& decision,
                             Time now) {
    const std::string reason = reason_of(report, decision);
    bans::put(tx, {report.author_id, reason, decision.until, actor.id, actor.name, now});
    audit_.write(tx, now, actor, "user.ban", user_target(report.author_id),
                 BanDetails{report.id, report.author_name, reason, decision.until});
}

}  // namespace admin
