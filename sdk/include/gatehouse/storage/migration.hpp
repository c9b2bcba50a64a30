// Numbered schema changes, embedded into the program (see gatehouse_embed_migrations in GatehouseMigrations.cmake).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse {

// One schema change. Numbers count 1, 2, 3 … without gaps. The texts live as long as the program (or plugin).
struct Migration {
    int number = 0;
    std::string_view name;  // "add_likes"
    std::string_view sqlite;
    std::string_view postgresql;
};

// "0002_add_likes.sql": how a migration is named in errors and listings.
std::string migration_file(int number, std::string_view name);

enum class MigrationState {
    applied,
    pending,
    changed,  // applied, but with a different text than the program's: drift
    skipped,  // not applied although a later one is: drift
    unknown,  // applied, but the program does not have it (the database is newer): drift
};
std::string_view to_string(MigrationState state);

struct MigrationStatus {
    struct Entry {
        int number = 0;
        std::string name;
        MigrationState state = MigrationState::pending;
        std::string applied_at;  // UTC, ISO 8601; empty if not applied
        std::string part{};      // empty: the service's own; "gh_events": of the SDK, with its own numbering
    };
    std::vector<Entry> entries;  // by number; the SDK's come last

    [[nodiscard]] bool up_to_date() const;
    [[nodiscard]] bool drifted() const;
};

// "0002_add_likes.sql", or "gh_events/0001_create_outbox.sql".
std::string migration_file(const MigrationStatus::Entry& entry);

}  // namespace gatehouse
