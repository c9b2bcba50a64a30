// What every service with a database needs once: storage errors as problems, and its migrations for `gatehouse
// migrate`. Header-only, so that neither the service library nor the storage library depends on the other.
//
//     Posts::Posts(Context& context, const Config& config) : database_({config.database, "posts"}, posts::migrations())
//     {
//         map_storage_errors(context);
//     }
//     std::vector<MigrationStep> migration_status() override { return migration_steps(database_); }
//     std::vector<MigrationStep> migrate() override { return apply_migrations(database_); }
#pragma once

#include <gatehouse/service.hpp>
#include <gatehouse/storage.hpp>

#include <string>
#include <utility>
#include <vector>

namespace gatehouse {

// Busy, Timeout, Unavailable, a serialization failure and a commit whose outcome is unknown become 503 with
// Retry-After: the client may try again. The other storage errors stay bugs: logged and 500.
inline void map_storage_errors(Context& context) {
    const auto unavailable = [](const StorageError&) { return ServiceUnavailable(); };
    context.map_exception<Busy>(unavailable);
    context.map_exception<Timeout>(unavailable);
    context.map_exception<Unavailable>(unavailable);
    context.map_exception<SerializationFailure>(unavailable);
    context.map_exception<CommitOutcomeUnknown>(unavailable);
}

// "0001_create_posts", applied or not. Throws MigrationDrift when the database's history is not the program's.
inline std::vector<MigrationStep> migration_steps(Database& database) {
    std::vector<MigrationStep> steps;
    for (const MigrationStatus::Entry& entry : database.migration_status().entries) {
        std::string name = migration_file(entry);
        if (entry.state != MigrationState::applied && entry.state != MigrationState::pending) {
            throw MigrationDrift(std::move(name), std::string(to_string(entry.state)));
        }
        name.resize(name.size() - std::string_view(".sql").size());
        steps.push_back({std::move(name), entry.state == MigrationState::applied});
    }
    return steps;
}

// Applies what is pending; returns those steps.
inline std::vector<MigrationStep> apply_migrations(Database& database) {
    std::vector<MigrationStep> pending;
    for (MigrationStep& step : migration_steps(database)) {
        if (!step.applied) pending.push_back({std::move(step.name), true});
    }
    database.migrate();
    return pending;
}

}  // namespace gatehouse
