// Database over PostgreSQL: a pool of connections, each transaction on one of them.
#include "sdk/storage/backend.hpp"

#include <algorithm>
#include <atomic>
#include <optional>
#include <random>
#include <thread>
#include <vector>

#include "gatehouse/storage/errors.hpp"
#include "sdk/storage/migrations.hpp"
#include "sdk/storage/nesting.hpp"
#include "sdk/storage/pool.hpp"
#include "sdk/storage/postgresql/connection.hpp"
#include "sdk/storage/postgresql/dialer.hpp"
#include "sdk/storage/postgresql/migrator.hpp"

namespace gatehouse::storage {

namespace {

using postgresql::Connection;
using postgresql::Location;

constexpr int kConnections = 4;
constexpr char kBeginRead[] = "begin isolation level repeatable read, read only";
constexpr char kBeginWrite[] = "begin isolation level read committed, read write";
constexpr char kBeginSerializable[] = "begin isolation level serializable, read write";

// Doubles with each attempt and is drawn at random, so that those who collided do not meet again.
void pause_before_retry(int attempt) {
    std::random_device random;
    const auto longest = std::chrono::milliseconds(5) * (1 << std::min(attempt, 5));
    std::uniform_int_distribution<std::int64_t> pick(0, std::chrono::microseconds(longest).count());
    std::this_thread::sleep_for(std::chrono::microseconds(pick(random)));
}

class PostgresqlBackend final : public Backend {
public:
    PostgresqlBackend(DatabaseOptions options, std::span<const Migration> migrations)
        : options_(std::move(options)),
          migrations_{own_migrations(migrations)},
          location_(postgresql::parse_url(options_)),
          dialer_(location_, options_),
          pool_(static_cast<std::size_t>(options_.readers > 0 ? options_.readers : kConnections),
                [this] { return dialer_.connect(); }) {}

    Engine engine() const noexcept override { return Engine::postgresql; }

    void keep_events(EventKeeping keeping) override {
        if (!events_) migrations_.push_back(event_migrations());
        events_ = std::move(keeping);
    }

    void open() override {
        if (open_) return;
        migrate();
        pool_.reopen();
        open_ = true;
    }

    MigrationStatus migration_status() override {
        Connection connection(location_, options_);
        postgresql::Migrator migrator(connection, location_.schema);
        return inspect_migrations(migrator, migrations_);
    }

    void migrate() override {
        Connection connection(location_, options_);
        postgresql::Migrator migrator(connection, location_.schema);
        apply_migrations(migrator, migrations_);
    }

    void read(Body body) override { run(kBeginRead, body); }

    void write(Isolation isolation, Body body) override {
        run(isolation == Isolation::serializable ? kBeginSerializable : kBeginWrite, body);
    }

    bool healthy() override {
        if (!open_) return false;
        auto probe = [](Transaction& tx) { tx.query("select 1"); };
        try {
            read({&probe, [](void* object, Transaction& tx) { (*static_cast<decltype(probe)*>(object))(tx); }});
            return true;
        } catch (const StorageError&) {
            return false;
        }
    }

    void close() override {
        open_ = false;
        pool_.close();
    }

    DatabaseStatistics statistics() override { return {.connections = pool_.size()}; }

private:
    void run(const char* begin, Body body) {
        if (!open_) throw Unavailable("the database is closed");
        for (int attempt = 0;; ++attempt) {
            if (attempt > 0) pause_before_retry(attempt);
            auto connection = pool_.acquire(options_.acquire_timeout);
            try {
                return run_once(*connection, begin, body);
            } catch (const SerializationFailure&) {
                if (!connection->usable()) connection.discard();
                if (attempt >= options_.retries) throw;
            } catch (const Unavailable&) {
                if (connection->usable()) throw;
                connection.discard();
                pool_.drop_idle();
                if (attempt >= options_.retries) throw;
            } catch (...) {
                if (!connection->usable()) connection.discard();
                throw;
            }
        }
    }

    void run_once(Connection& connection, const char* begin, Body body) {
        const bool is_read = begin == kBeginRead;
        connection.begin(begin);
        Transaction tx(connection, Engine::postgresql, is_read || !events_ ? nullptr : &*events_);
        try {
            {
                const TransactionScope scope(static_cast<const Backend*>(this));
                body(tx);
            }
            if (tx.failure()) std::rethrow_exception(tx.failure());
            is_read ? connection.end_read() : connection.commit();
        } catch (...) {
            connection.rollback();
            if (tx.failure() && is_worth_another_try(tx.failure(), connection)) std::rethrow_exception(tx.failure());
            throw;
        }
        if (tx.has_published()) events_->committed();
    }

    // Whatever the body has made of the error: such a transaction is run again.
    static bool is_worth_another_try(const std::exception_ptr& failure, const Connection& connection) {
        try {
            std::rethrow_exception(failure);
        } catch (const SerializationFailure&) {
            return true;
        } catch (const Unavailable&) {
            return !connection.usable();
        } catch (...) {
            return false;
        }
    }

    const DatabaseOptions options_;
    std::vector<MigrationSet> migrations_;
    std::optional<EventKeeping> events_;  // constant after open()
    const Location location_;
    postgresql::Dialer dialer_;
    Pool<Connection> pool_;
    std::atomic<bool> open_ = false;
};

}  // namespace

std::unique_ptr<Backend> make_postgresql_backend(DatabaseOptions options, std::span<const Migration> migrations) {
    return std::make_unique<PostgresqlBackend>(std::move(options), migrations);
}

}  // namespace gatehouse::storage
