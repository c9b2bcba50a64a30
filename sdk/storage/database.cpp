#include "gatehouse/storage/database.hpp"

#include <stdexcept>
#include <string_view>

#include "sdk/storage/backend.hpp"
#include "sdk/storage/migrations.hpp"
#include "sdk/storage/nesting.hpp"

namespace gatehouse {

namespace {

std::unique_ptr<storage::Backend> make_backend(DatabaseOptions options, std::span<const Migration> migrations) {
    storage::require_consecutive(migrations);
    const std::string_view url = options.url;
    if (url.starts_with("sqlite:")) return storage::make_sqlite_backend(std::move(options), migrations);
    if (url.starts_with("postgresql://") || url.starts_with("postgres://")) {
        return storage::make_postgresql_backend(std::move(options), migrations);
    }
    // The URL may carry a password: its scheme is all that may be repeated.
    throw std::invalid_argument("database URL must begin with sqlite: or postgresql://, not with \"" +
                                std::string(url.substr(0, url.find(':'))) + "\"");
}

}  // namespace

Database::Database(DatabaseOptions options, std::span<const Migration> migrations)
    : backend_(make_backend(std::move(options), migrations)) {}

Database::~Database() { backend_->close(); }

void Database::keep_events(storage::EventKeeping keeping) { backend_->keep_events(std::move(keeping)); }

void Database::open() { backend_->open(); }

MigrationStatus Database::migration_status() { return backend_->migration_status(); }

void Database::migrate() { backend_->migrate(); }

bool Database::healthy() { return backend_->healthy(); }

void Database::close() {
    storage::refuse_nested(backend_.get());
    backend_->close();
}

DatabaseStatistics Database::statistics() { return backend_->statistics(); }

Engine Database::engine() const noexcept { return backend_->engine(); }

void Database::run_read(storage::Body body) {
    storage::refuse_nested(backend_.get());
    backend_->read(body);
}

void Database::run_write(Isolation isolation, storage::Body body) {
    storage::refuse_nested(backend_.get());
    backend_->write(isolation, body);
}

}  // namespace gatehouse
