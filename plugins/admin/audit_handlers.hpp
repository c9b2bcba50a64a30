// GET /api/admin/audit.
#pragma once

#include <limits>
#include <string_view>

#include <gatehouse/handler.hpp>
#include <gatehouse/storage/database.hpp>

#include "plugins/admin/audit.hpp"

namespace admin {

class AuditHandlers final {
public:
    AuditHandlers(gatehouse::Database& database, std::string_view cursor_key)
        : database_(database), cursors_(cursor_key) {}

    gatehouse::Page<AuditEntry> list(gatehouse::Query<AuditQuery> query) {
        constexpr std::string_view scope = "admin.audit";
        const auto before = cursors_.open<std::int64_t>(query->cursor, scope);
        const std::int64_t limit = before ? std::get<0>(*before) : std::numeric_limits<std::int64_t>::max();
        auto rows = database_.read([&](Transaction& tx) { return audit::list(tx, *query, limit, query->limit + 1); });
        return gatehouse::make_page(std::move(rows), query->limit,
                                    [&](const AuditEntry& last) { return cursors_.seal(scope, last.id); });
    }

private:
    gatehouse::Database& database_;
    const gatehouse::Cursors cursors_;
};

}  // namespace admin
