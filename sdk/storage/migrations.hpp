// The bookkeeping of schema changes, the same for both engines.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gatehouse/storage/migration.hpp"
#include "gatehouse/storage/transaction.hpp"

namespace gatehouse::storage {

// Migrations with a numbering of their own, and the table that remembers which were applied.
struct MigrationSet {
    std::string_view part;   // as in MigrationStatus::Entry
    std::string_view table;  // a constant
    std::span<const Migration> migrations;
};
MigrationSet own_migrations(std::span<const Migration> migrations);  // the service's
MigrationSet event_migrations();                                     // the SDK's, for events

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
    virtual bool has_table(std::string_view name) = 0;
};

// Throws std::invalid_argument unless the numbers are 1, 2, 3 …
void require_consecutive(std::span<const Migration> migrations);

// Lower-case hexadecimal SHA-256.
std::string checksum(std::string_view text);

// Reads only.
MigrationStatus inspect_migrations(MigrationTarget& target, std::span<const MigrationSet> sets);
// Of a database that does not exist yet.
MigrationStatus all_pending(std::span<const MigrationSet> sets);

// Applies what is pending, each in its own exclusive transaction. Throws MigrationDrift or MigrationFailed.
void apply_migrations(MigrationTarget& target, std::span<const MigrationSet> sets);

}  // namespace gatehouse::storage
