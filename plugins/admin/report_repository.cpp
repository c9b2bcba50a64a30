#include "plugins/admin/report_repository.hpp"

#include <algorithm>

#include <gatehouse/binding.hpp>

namespace admin::reports {

namespace {

#define REPORT_COLUMNS                                                                                       \
    "id, target, author_id, author_name, excerpt, reporter_id, reporter_name, reason, state, action, note, " \
    "resolved_by, resolved_by_name, resolved_at, created_at"

constexpr char kInsert[] =
    "insert into reports (id, target, author_id, author_name, excerpt, reporter_id, reporter_name, reason, created_at) "
    "values ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
    "on conflict (reporter_id, target) where state <> 'resolved' do nothing";
constexpr char kFind[] = "select " REPORT_COLUMNS " from reports where id = $1";
constexpr char kFindOpen[] =
    "select " REPORT_COLUMNS " from reports where reporter_id = $1 and target = $2 and state <> 'resolved'";
constexpr char kCountOpen[] =
    "select count(*) from (select 1 from reports where reporter_id = $1 and state <> 'resolved' limit $2::bigint) r";
constexpr char kList[] = "select " REPORT_COLUMNS " from reports where id < $1";
constexpr char kOpen[] = "select id from reports where target = $1 and state = 'open' order by id";
constexpr char kResolveOpen[] =
    "update reports set state = $2, action = $3, note = $4, resolved_by = $5, resolved_by_name = $6, resolved_at = $7, "
    "errand_id = $8 where target = $1 and state = 'open' returning " REPORT_COLUMNS;
constexpr char kSettle[] =
    "update reports set state = 'resolved', errand_id = null where errand_id = $1 and state = 'resolving' "
    "returning " REPORT_COLUMNS;
constexpr char kReopen[] =
    "update reports set state = 'open', action = null, note = '', resolved_by = null, resolved_by_name = null, "
    "resolved_at = null, errand_id = null where errand_id = $1 and state = 'resolving'";
constexpr char kBlankOf[] = "update reports set excerpt = '' where author_id = $1";

Report to_report(const gatehouse::Row& row) {
    Report report;
    report.id = row.get<std::int64_t>("id");
    report.target = row.get<std::string>("target");
    report.author_id = row.get<std::int64_t>("author_id");
    report.author_name = row.get<std::string>("author_name");
    report.excerpt = row.get<std::string>("excerpt");
    report.reporter_id = row.get<std::int64_t>("reporter_id");
    report.reporter_name = row.get<std::string>("reporter_name");
    report.reason = row.get<std::string>("reason");
    report.state = gatehouse::from_name<ReportState>(row.get<std::string_view>("state")).value();
    if (const auto action = row.get<std::optional<std::string>>("action")) {
        report.action = gatehouse::from_name<ReportAction>(*action);
    }
    report.note = row.get<std::string>("note");
    report.resolved_by = row.get<std::optional<std::int64_t>>("resolved_by");
    report.resolved_by_name = row.get<std::optional<std::string>>("resolved_by_name");
    if (const auto at = row.get<std::optional<std::int64_t>>("resolved_at")) {
        report.resolved_at = gatehouse::from_unix_ms(*at);
    }
    report.created_at = gatehouse::from_unix_ms(row.get<std::int64_t>("created_at"));
    return report;
}

std::vector<Report> oldest_first(std::vector<Report> reports) {
    std::sort(reports.begin(), reports.end(), [](const Report& a, const Report& b) { return a.id < b.id; });
    return reports;
}

}  // namespace

bool insert(Transaction& tx, const Report& report) {
    return tx.execute(kInsert, report.id, report.target, report.author_id, report.author_name, report.excerpt,
                      report.reporter_id, report.reporter_name, report.reason,
                      gatehouse::to_unix_ms(report.created_at)) == 1;
}

std::optional<Report> find(Transaction& tx, std::int64_t id) { return tx.query(kFind, id).maybe<Report>(to_report); }

std::optional<Report> find_open(Transaction& tx, std::int64_t reporter_id, const std::string& target) {
    return tx.query(kFindOpen, reporter_id, target).maybe<Report>(to_report);
}

std::int64_t count_open(Transaction& tx, std::int64_t reporter_id, std::int64_t most) {
    return tx.query(kCountOpen, reporter_id, most).one<std::int64_t>();
}

std::vector<Report> list(Transaction& tx, const ReportQuery& query, std::int64_t before, int limit) {
    std::string sql = kList;
    std::vector<gatehouse::Parameter> parameters{before};
    const auto add = [&](const char* condition, gatehouse::Parameter parameter) {
        parameters.push_back(parameter);
        sql += condition + std::to_string(parameters.size());
    };
    if (query.state) add(" and state = $", gatehouse::name_of(*query.state));
    if (query.target) add(" and target = $", *query.target);
    if (query.author) add(" and author_id = $", *query.author);
    add(" order by id desc limit $", limit);
    return tx.run(sql, parameters).rows.all<Report>(to_report);
}

std::vector<std::int64_t> lock_open(Transaction& tx, const std::string& target) {
    const bool has_row_locks = tx.engine() == gatehouse::Engine::postgresql;
    return tx.query(has_row_locks ? std::string(kOpen) + " for update" : kOpen, target).all<std::int64_t>();
}

std::vector<Report> resolve_open(Transaction& tx, const std::string& target, const Resolution& resolution) {
    return oldest_first(tx.query(kResolveOpen, target, gatehouse::name_of(resolution.state),
                                 gatehouse::name_of(resolution.action), resolution.note, resolution.actor_id,
                                 resolution.actor_name, gatehouse::to_unix_ms(resolution.at), resolution.errand_id)
                            .all<Report>(to_report));
}

std::vector<Report> settle(Transaction& tx, std::int64_t errand_id) {
    return oldest_first(tx.query(kSettle, errand_id).all<Report>(to_report));
}

void reopen(Transaction& tx, std::int64_t errand_id) { tx.execute(kReopen, errand_id); }

void blank_of(Transaction& tx, std::int64_t author_id) { tx.execute(kBlankOf, author_id); }

}  // namespace admin::reports
