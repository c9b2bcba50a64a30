// The bookkeeping of schema changes, the same for both engines.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gatehouse/storage/migration.hpp"
#include "gatehouse/storage/transaction.hpp"

namespace gatehouse::storage {

// What the engine must be able to do. Not thread-safe.
class MigrationTarget {
public:
    virtual ~MigrationTarget() = default;

    virtual Engine engine() const noexcept = 0;
    // Begins a transaction that excludes every other migrator of this database, in any process.
    virtual void begin_exclusive() = 0;
    virtual void commit() = 0;
    virtual void rollback() noexcept = 0;
    // Runs a text of several statements.
    virtual void script(std::string_view sql) = 0;
    virtual Answer run(std::string_view sql, std::span<const Parameter> parameters) = 0;
    // Whether the table schema_migrations exists.
    virtual bool has_history() = 0;
};

// Throws std::invalid_argument unless the numbers are 1, 2, 3 …
void require_consecutive(std::span<const Migration> migrations);

// Lower-case hexadecimal SHA-256.
std::string checksum(std::string_view text);

// Reads only.
MigrationStatus inspect_migrations(MigrationTarget& target, std::span<const Migration> migrations);

// Applies what is pending, each in its own exclusive transaction. Throws MigrationDrift or MigrationFailed.
void apply_migrations(MigrationTarget& target, std::span<const Migration> migrations);

}  // namespace gatehouse::storage
