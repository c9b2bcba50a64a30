// Database over SQLite: one writer (writer.hpp), a pool of readers.
#include "sdk/storage/backend.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

#include "gatehouse/storage/errors.hpp"
#include "sdk/storage/migrations.hpp"
#include "sdk/storage/nesting.hpp"
#include "sdk/storage/pool.hpp"
#include "sdk/storage/sqlite/connection.hpp"
#include "sdk/storage/sqlite/migrator.hpp"
#include "sdk/storage/sqlite/writer.hpp"

namespace gatehouse::storage {

namespace {

using sqlite::Connection;
using sqlite::Location;
using sqlite::Role;
using sqlite::Writer;

constexpr int kReaders = 2;

// Made here and not by SQLite, which would let everybody read it; the log files inherit its mode.
void create_file(const std::string& name) {
    const std::filesystem::path directory = std::filesystem::path(name).parent_path();
    std::error_code error;
    if (!directory.empty()) std::filesystem::create_directories(directory, error);
    if (error) throw Unavailable("cannot create " + directory.string() + ": " + error.message());
    const int file = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file < 0) throw Unavailable("cannot open " + name + ": " + std::generic_category().message(errno));
    ::close(file);
}

class SqliteBackend final : public Backend {
public:
    SqliteBackend(DatabaseOptions options, std::span<const Migration> migrations)
        : options_(std::move(options)),
          migrations_{own_migrations(migrations)},
          location_(sqlite::parse_url(options_)),
          readers_(static_cast<std::size_t>(options_.readers > 0 ? options_.readers : kReaders),
                   [this] { return std::make_unique<Connection>(location_, options_, Role::reader); }) {
        if (location_.memory && options_.service.empty()) {
            location_.name = location_.name.substr(0, location_.name.find('?')) + "-" +
                             std::to_string(reinterpret_cast<std::uintptr_t>(this)) + "?vfs=memdb";
        }
    }

    Engine engine() const noexcept override { return Engine::sqlite; }

    void keep_events(EventKeeping keeping) override {
        if (!events_) migrations_.push_back(event_migrations());
        events_ = std::move(keeping);
    }

    void open() override {
        const std::scoped_lock lock(mutex_);
        if (writer_) return;
        if (!location_.memory) create_file(location_.name);
        auto writer = std::make_shared<Writer>(location_, options_, static_cast<const Backend*>(this),
                                               events_ ? &*events_ : nullptr);
        migrate_now();
        readers_.reopen();
        writer_ = std::move(writer);
    }

    MigrationStatus migration_status() override {
        const bool exists = location_.memory || std::filesystem::exists(location_.name);
        if (!exists) return all_pending(migrations_);
        Connection connection(location_, options_, Role::observer);
        sqlite::Migrator migrator(connection);
        return inspect_migrations(migrator, migrations_);
    }

    void migrate() override {
        if (!location_.memory) create_file(location_.name);
        migrate_now();
    }

    void read(Body body) override {
        if (!writer()) throw Unavailable("the database is closed");
        const auto connection = readers_.acquire(options_.acquire_timeout);
        const auto deadline = std::chrono::steady_clock::now() + options_.busy_timeout;
        for (;;) {
            try {
                return read_once(*connection, body);
            } catch (const Busy&) {
                // Some locks are refused without asking the busy handler, while the log is being recovered.
                if (std::chrono::steady_clock::now() >= deadline) throw;
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
            }
        }
    }

    void write(Isolation, Body body) override {
        const std::shared_ptr<Writer> borrowed = writer();
        if (!borrowed) throw Unavailable("the database is closed");
        borrowed->run(body);
    }

    bool healthy() override {
        auto probe = [](Transaction& tx) { tx.query("select count(*) from schema_migrations"); };
        try {
            read({&probe, [](void* object, Transaction& tx) { (*static_cast<decltype(probe)*>(object))(tx); }});
            return true;
        } catch (const StorageError&) {
            return false;
        }
    }

    void close() override {
        std::shared_ptr<Writer> last;
        {
            const std::scoped_lock lock(mutex_);
            last.swap(writer_);
        }
        if (last) last->stop();
        readers_.close();
    }

    DatabaseStatistics statistics() override {
        DatabaseStatistics statistics;
        if (const auto borrowed = writer()) statistics = borrowed->statistics();
        statistics.connections += readers_.size();
        return statistics;
    }

private:
    std::shared_ptr<Writer> writer() {
        const std::scoped_lock lock(mutex_);
        return writer_;
    }

    void migrate_now() {
        Connection connection(location_, options_, Role::migrator);
        sqlite::Migrator migrator(connection);
        apply_migrations(migrator, migrations_);
    }

    void read_once(Connection& connection, Body body) {
        connection.control("begin");
        try {
            Transaction tx(connection, Engine::sqlite);
            {
                const TransactionScope scope(static_cast<const Backend*>(this));
                body(tx);
            }
            if (tx.failure()) std::rethrow_exception(tx.failure());
            connection.commit();
        } catch (...) {
            connection.rollback();
            throw;
        }
    }

    const DatabaseOptions options_;
    std::vector<MigrationSet> migrations_;
    std::optional<EventKeeping> events_;  // constant after open()
    Location location_;
    Pool<Connection> readers_;
    std::mutex mutex_;
    std::shared_ptr<Writer> writer_;  // guarded by mutex_; shared with the writes that are under way when it is closed
};

}  // namespace

std::unique_ptr<Backend> make_sqlite_backend(DatabaseOptions options, std::span<const Migration> migrations) {
    return std::make_unique<SqliteBackend>(std::move(options), migrations);
}

}  // namespace gatehouse::storage
