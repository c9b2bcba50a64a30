#include "plugins/admin/seeding.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gatehouse/binding.hpp>

#include "plugins/admin/audit.hpp"
#include "plugins/admin/content.hpp"
#include "plugins/admin/decision_details.hpp"
#include "plugins/admin/errand_runner.hpp"
#include "sdk/seed/moderation.hpp"
#include "sdk/seed/rows.hpp"
#include "sdk/seed/uuid.hpp"

namespace admin::seeding {

namespace {

using gatehouse::Database;
using gatehouse::from_unix_ms;
using gatehouse::to_unix_ms;
using gatehouse::seed::Case;
using gatehouse::seed::Moderation;
using gatehouse::seed::Part;
using gatehouse::seed::Range;
using gatehouse::seed::Rows;
using gatehouse::seed::Verdict;
using gatehouse::seed::World;

struct Seeded {
    std::vector<Report> reports;
    std::vector<AuditEntry> audit;
};

std::string target_of(const Case& one) {
    switch (one.about) {
        case Case::About::post: return "post/" + std::to_string(one.target_id);
        case Case::About::comment: return "comment/" + std::to_string(one.target_id);
        case Case::About::person: break;
    }
    return user_target(one.target_id);
}

// Moderators sit in the network that is kept for documentation (RFC 5737).
AuditEntry entry_of(const World& world, const Case& one, std::int64_t id) {
    AuditEntry entry;
    entry.id = id;
    entry.at = from_unix_ms(one.decided_at);
    entry.actor_id = world.people.id(one.moderator);
    entry.actor_name = world.people.username(one.moderator);
    entry.request_id = gatehouse::seed::make_uuid(one.decided_at, static_cast<std::uint64_t>(one.record_id));
    entry.address = "203.0.113." + std::to_string(1 + one.moderator % 254);
    return entry;
}

void add_decision(Seeded& seeded, const World& world, const Case& one, const std::vector<Report>& reports) {
    const bool is_removed = one.verdict == Verdict::removed;
    const Report& first = reports.front();
    ResolveDetails details{is_removed ? ReportAction::remove : ReportAction::dismiss, first.target, one.note, {}};
    for (const Report& report : reports) details.reports.push_back(report.id);
    AuditEntry decision = entry_of(world, one, one.record_id);
    decision.action = "report.resolve";
    decision.target = "report/" + std::to_string(first.id);
    decision.details.text = gatehouse::to_json(details);
    seeded.audit.push_back(std::move(decision));
    if (!is_removed) return;
    AuditEntry removal = entry_of(world, one, one.removal_id);
    removal.action = action_of(one.about == Case::About::post ? ErrandKind::remove_post : ErrandKind::remove_comment);
    removal.target = first.target;
    removal.details.text = gatehouse::to_json(RemovalDetails{first.id, first.author_id, first.excerpt});
    seeded.audit.push_back(std::move(removal));
}

void add(Seeded& seeded, const World& world, const Case& one) {
    Report report;
    report.target = target_of(one);
    report.author_id = world.people.id(one.author);
    report.author_name = world.people.username(one.author);
    report.excerpt = excerpt_of(one.text);
    if (one.verdict != Verdict::none) {
        report.state = ReportState::resolved;
        report.action = one.verdict == Verdict::removed ? ReportAction::remove : ReportAction::dismiss;
        report.note = one.note;
        report.resolved_by = world.people.id(one.moderator);
        report.resolved_by_name = world.people.username(one.moderator);
        report.resolved_at = from_unix_ms(one.decided_at);
    }
    std::vector<Report> reports;
    for (const auto& complaint : one.complaints) {
        report.id = complaint.id;
        report.reporter_id = world.people.id(complaint.user);
        report.reporter_name = world.people.username(complaint.user);
        report.reason = complaint.reason;
        report.created_at = from_unix_ms(complaint.created_at);
        reports.push_back(report);
    }
    if (one.verdict != Verdict::none) add_decision(seeded, world, one, reports);
    seeded.reports.insert(seeded.reports.end(), reports.begin(), reports.end());
}

void write_reports(Transaction& tx, const std::vector<Report>& reports) {
    Rows rows(tx,
              "reports (id, target, author_id, author_name, excerpt, reporter_id, reporter_name, reason, state, "
              "action, note, resolved_by, resolved_by_name, resolved_at, created_at)",
              15);
    for (const Report& one : reports) {
        const auto action = one.action ? std::optional(gatehouse::name_of(*one.action)) : std::nullopt;
        const auto resolved_at = one.resolved_at ? std::optional(to_unix_ms(*one.resolved_at)) : std::nullopt;
        rows.add(one.id, one.target, one.author_id, one.author_name, one.excerpt, one.reporter_id, one.reporter_name,
                 one.reason, gatehouse::name_of(one.state), action, one.note, one.resolved_by, one.resolved_by_name,
                 resolved_at, to_unix_ms(one.created_at));
    }
    rows.flush();
}

void write_audit(Transaction& tx, const std::vector<AuditEntry>& entries) {
    Rows rows(tx, "audit (id, at, actor_id, actor_name, action, target, details, request_id, address)", 9);
    for (const AuditEntry& one : entries) {
        rows.add(one.id, to_unix_ms(one.at), one.actor_id, one.actor_name, one.action, one.target, one.details.text,
                 one.request_id, one.address);
    }
    rows.flush();
}

// about: what Moderation says of a number.
template <class About>
void seed_cases(Database& database, const World& world, const Range& range, About about) {
    const Moderation moderation(world.people, world.posts);
    Seeded seeded;
    for (std::int64_t number = range.first; number < range.last; ++number) {
        if (const auto one = (moderation.*about)(number)) add(seeded, world, *one);
    }
    if (seeded.reports.empty()) return;
    database.write([&](Transaction& tx) {
        if (gatehouse::seed::finds(tx, "select 1 from reports where id = $1", seeded.reports.front().id)) return;
        write_reports(tx, seeded.reports);
        write_audit(tx, seeded.audit);
    });
}

}  // namespace

bool is_empty(Transaction& tx) {
    return tx.query("select 1 from reports limit 1").empty() && tx.query("select 1 from audit limit 1").empty();
}

std::vector<Part> parts(Database& database) {
    const auto of_posts = [&database](const World& world, const Range& range, const std::string&) {
        seed_cases(database, world, range, &Moderation::about_post);
    };
    const auto of_people = [&database](const World& world, const Range& range, const std::string&) {
        seed_cases(database, world, range, &Moderation::about_person);
    };
    return {{"reports of posts", Part::Of::posts, 20'000, of_posts},
            {"reports of people", Part::Of::people, 50'000, of_people},
            gatehouse::seed::statistics_of(database, {"reports", "audit"})};
}

}  // namespace admin::seeding
