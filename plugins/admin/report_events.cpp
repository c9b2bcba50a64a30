#include "plugins/admin/report_events.hpp"

#include <string>

#include <gatehouse/publish.hpp>

namespace admin::events {

namespace {

struct Created {
    std::int64_t id = 0;
    std::string target;
    std::int64_t author_id = 0;
    Time created_at{};
};
constexpr auto describe(Created*) {
    return fields(field("id", &Created::id), field("target", &Created::target), field("author_id", &Created::author_id),
                  field("created_at", &Created::created_at));
}

// The reporter is there so that he can be thanked.
struct Resolved {
    std::int64_t id = 0;
    std::string target;
    std::int64_t author_id = 0, reporter_id = 0;
    std::optional<ReportAction> action;
    std::optional<Time> resolved_at;
};
constexpr auto describe(Resolved*) {
    return fields(field("id", &Resolved::id), field("target", &Resolved::target),
                  field("author_id", &Resolved::author_id), field("reporter_id", &Resolved::reporter_id),
                  field("action", &Resolved::action), field("resolved_at", &Resolved::resolved_at));
}

std::string subject_of(const Report& report) { return "report/" + std::to_string(report.id); }

}  // namespace

void created(gatehouse::Transaction& tx, const Report& report) {
    tx.publish("report.created", Created{report.id, report.target, report.author_id, report.created_at},
               subject_of(report));
}

void resolved(gatehouse::Transaction& tx, const Report& report) {
    tx.publish(
        "report.resolved",
        Resolved{report.id, report.target, report.author_id, report.reporter_id, report.action, report.resolved_at},
        subject_of(report));
}

}  // namespace admin::events
