// What stands behind a Database: one implementation per engine.
#pragma once

#include <memory>
#include <span>

#include "gatehouse/storage/database.hpp"

namespace gatehouse::storage {

class Backend {
public:
    virtual ~Backend() = default;

    virtual Engine engine() const noexcept = 0;
    virtual void keep_events(EventKeeping keeping) = 0;  // before open()
    virtual void open() = 0;
    virtual MigrationStatus migration_status() = 0;
    virtual void migrate() = 0;
    virtual void read(Body body) = 0;
    virtual void write(Isolation isolation, Body body) = 0;
    virtual bool healthy() = 0;
    virtual void close() = 0;
    virtual DatabaseStatistics statistics() = 0;
};

std::unique_ptr<Backend> make_sqlite_backend(DatabaseOptions options, std::span<const Migration> migrations);
std::unique_ptr<Backend> make_postgresql_backend(DatabaseOptions options, std::span<const Migration> migrations);

}  // namespace gatehouse::storage
