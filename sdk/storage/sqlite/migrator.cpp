#include "sdk/storage/sqlite/migrator.hpp"

#include "gatehouse/storage/errors.hpp"

namespace gatehouse::storage::sqlite {

void Migrator::commit() {
    const Rows broken = connection_.run("pragma foreign_key_check", {}).rows;
    if (!broken.empty()) {
        throw ForeignKeyViolation(
            "rows of table \"" + broken[0].get<std::string>(0) + "\" refer to rows that do not exist", {});
    }
    connection_.commit();
}

bool Migrator::has_history() {
    return !connection_.run("select 1 from sqlite_schema where type = 'table' and name = 'schema_migrations'", {})
                .rows.empty();
}

MigrationStatus all_pending(std::span<const Migration> migrations) {
    MigrationStatus status;
    for (const Migration& migration : migrations) {
        status.entries.push_back({migration.number, std::string(migration.name), MigrationState::pending, {}});
    }
    return status;
}

}  // namespace gatehouse::storage::sqlite
