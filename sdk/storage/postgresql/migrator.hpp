// Schema changes on PostgreSQL.
#pragma once

#include <string>

#include "sdk/storage/migrations.hpp"
#include "sdk/storage/postgresql/connection.hpp"

namespace gatehouse::storage::postgresql {

// Holds an advisory lock of the schema while it works, so that many processes may start at once.
class Migrator final : public MigrationTarget {
public:
    Migrator(Connection& connection, std::string schema) : connection_(connection), schema_(std::move(schema)) {}

    Engine engine() const noexcept override { return Engine::postgresql; }
    void begin_exclusive() override;
    void commit() override { connection_.commit(); }
    void rollback() noexcept override { connection_.rollback(); }
    void script(std::string_view sql) override { connection_.script(sql); }
    Answer run(std::string_view sql, std::span<const Parameter> parameters) override {
        return connection_.run(sql, parameters);
    }
    bool has_table(std::string_view name) override;

private:
    Connection& connection_;
    const std::string schema_;
};

}  // namespace gatehouse::storage::postgresql
