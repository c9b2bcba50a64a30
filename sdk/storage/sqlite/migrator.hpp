// Schema changes on SQLite.
#pragma once

#include "sdk/storage/migrations.hpp"
#include "sdk/storage/sqlite/connection.hpp"

namespace gatehouse::storage::sqlite {

// Foreign keys are not enforced statement by statement (SQLite's way to rebuild a table drops it first) but checked as
// a whole before the commit.
class Migrator final : public MigrationTarget {
public:
    explicit Migrator(Connection& connection) : connection_(connection) {}

    Engine engine() const noexcept override { return Engine::sqlite; }
    void begin_exclusive() override { connection_.control("begin exclusive"); }
    void commit() override;
    void rollback() noexcept override { connection_.rollback(); }
    void script(std::string_view sql) override { connection_.script(sql); }
    Answer run(std::string_view sql, std::span<const Parameter> parameters) override {
        return connection_.run(sql, parameters);
    }
    bool has_table(std::string_view name) override;

private:
    Connection& connection_;
};

}  // namespace gatehouse::storage::sqlite
