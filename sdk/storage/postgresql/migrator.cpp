#include "sdk/storage/postgresql/migrator.hpp"

#include <array>

namespace gatehouse::storage::postgresql {

namespace {

// A migration may take long; waiting for another process's may, too. (1195461704 is "GATH".)
constexpr char kBegin[] =
    "begin isolation level read committed; set local statement_timeout = 0; set local lock_timeout = '5min'";
constexpr char kLock[] =
    "select pg_advisory_xact_lock(1195461704, hashtext(coalesce($1::text, current_schema()::text)))";
constexpr char kSchemaExists[] = "select 1 from pg_catalog.pg_namespace where nspname = $1";
constexpr char kHasTable[] = "select to_regclass($1) is not null";

}  // namespace

void Migrator::begin_exclusive() {
    connection_.script(kBegin);
    try {
        const std::array<Parameter, 1> schema = {schema_.empty() ? Parameter(nullptr) : Parameter(schema_)};
        connection_.run(kLock, schema);
        if (!schema_.empty() && connection_.run(kSchemaExists, schema).rows.empty()) {
            connection_.script("create schema \"" + schema_ + "\"");
        }
    } catch (...) {
        connection_.rollback();
        throw;
    }
}

bool Migrator::has_table(std::string_view name) {
    const std::array<Parameter, 1> values = {name};
    return connection_.run(kHasTable, values).rows.one<bool>();
}

}  // namespace gatehouse::storage::postgresql
