#include "plugins/admin/audit.hpp"

#include <span>
#include <vector>

namespace admin::audit {

namespace {

constexpr char kInsert[] =
    "insert into audit (id, at, actor_id, actor_name, action, target, details, request_id, address) "
    "values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
constexpr char kList[] =
    "select id, at, actor_id, actor_name, action, target, details, request_id, address from audit where id < $1";

AuditEntry to_entry(const gatehouse::Row& row) {
    return {row.get<std::int64_t>(0),  gatehouse::from_unix_ms(row.get<std::int64_t>(1)),
            row.get<std::int64_t>(2),  row.get<std::string>(3),
            row.get<std::string>(4),   row.get<std::string>(5),
            {row.get<std::string>(6)}, row.get<std::string>(7),
            row.get<std::string>(8)};
}

}  // namespace

void insert(Transaction& tx, const AuditEntry& entry) {
    tx.execute(kInsert, entry.id, gatehouse::to_unix_ms(entry.at), entry.actor_id, entry.actor_name, entry.action,
               entry.target, entry.details.text, entry.request_id, entry.address);
}

std::vector<AuditEntry> list(Transaction& tx, const AuditQuery& query, std::int64_t before, int limit) {
    std::string sql = kList;
    std::vector<gatehouse::Parameter> parameters{before};
    const auto add = [&](const char* condition, gatehouse::Parameter parameter) {
        parameters.push_back(parameter);
        sql += condition + std::to_string(parameters.size());
    };
    if (query.actor) add(" and actor_id = $", *query.actor);
    if (query.action) add(" and action = $", *query.action);
    if (query.target) add(" and target = $", *query.target);
    if (query.from) add(" and at >= $", gatehouse::to_unix_ms(*query.from));
    if (query.to) add(" and at < $", gatehouse::to_unix_ms(*query.to));
    add(" order by id desc limit $", limit);
    return tx.run(sql, parameters).rows.all<AuditEntry>(to_entry);
}

}  // namespace admin::audit
