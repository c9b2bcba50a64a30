// A service's database: connections, transactions, migrations.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "gatehouse/storage/migration.hpp"
#include "gatehouse/storage/transaction.hpp"

namespace gatehouse {

struct DatabaseOptions {
    // sqlite:var/data/posts.db       a file; it and missing directories are created, readable by the owner only
    // sqlite::memory:                in memory, shared by all Databases of this process with the same service name
    // postgresql://user@host/db      whatever libpq accepts, plus ?schema=posts (created if missing; default: public)
    std::string url;
    std::string service;  // "posts": names connections and threads for whoever looks at the server

    int readers = 0;  // SQLite: reading connections; PostgreSQL: all connections. 0: the engine's default (2, 4)
    std::chrono::milliseconds statement_timeout{5'000};
    std::chrono::milliseconds busy_timeout{5'000};     // wait for a lock that someone else holds
    std::chrono::milliseconds acquire_timeout{5'000};  // wait for a free connection, or in the write queue
    std::size_t write_queue_max = 1024;                // SQLite: writes that wait; beyond that Busy at once
    std::size_t write_batch_max = 128;                 // SQLite: writes that share one commit
    std::size_t statement_cache_max = 128;             // prepared statements per connection
    std::size_t rows_max = 100'000;                    // rows of one answer
    int retries = 8;                                   // after serialization failures, deadlocks and lost connections
};

// Isolation of a write. PostgreSQL only: on SQLite writes always run one after another.
enum class Isolation {
    read_committed,  // the default: lock rows (`select … for update`) or use unique indexes where it matters
    serializable,    // as if one after another; conflicts are retried
};

// A look at the machinery, for metrics and tests.
struct DatabaseStatistics {
    std::size_t connections = 0;  // open ones, the SQLite writer's included
    std::size_t write_queue = 0;  // SQLite: writes that wait for the writer right now
    std::uint64_t writes = 0;     // SQLite: answered since open()
    std::uint64_t commits = 0;    // SQLite: since open(); writes / commits is the size of a group
};

namespace storage {

class Backend;

// A borrowed callable, so that the templates below stay thin.
struct Body {
    void* object;
    void (*call)(void* object, Transaction& tx);
    void operator()(Transaction& tx) const { call(object, tx); }
};

}  // namespace storage

// Thread-safe; one per plugin generation. All calls block: use it from worker threads, never from an event loop.
//
// The function given to read() or write() gets a Transaction& and may return a value. It may run several times
// (conflicts are retried), so it must have no effect outside the transaction; on SQLite a write runs on the writer
// thread while the caller waits. Its exception rolls the transaction back and reaches the caller unchanged. read() or
// write() of the same Database inside such a function throws std::logic_error.
class Database final {
public:
    // No I/O. REQUIRES: `migrations` outlives the Database (they are embedded texts). Throws std::invalid_argument for
    // a URL that cannot be understood or migrations that are not numbered 1, 2, 3 …
    Database(DatabaseOptions options, std::span<const Migration> migrations);
    ~Database();  // closes
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    // From now on open() and migrate() also make the tables of events (gh_outbox, gh_inbox, …), by migrations of their
    // own numbering, and write() may publish. For gatehouse::Events. REQUIRES: before open().
    void keep_events(storage::EventKeeping keeping);

    // Connects and applies pending migrations under a lock; any number of processes may do so at once. Throws
    // Unavailable, MigrationDrift, MigrationFailed, Busy. May be called again after a failure.
    void open();

    // For `gatehouse migrate {status,up}`: work without open(), and without creating anything (status).
    MigrationStatus migration_status();
    void migrate();

    // One consistent snapshot; writes throw ReadOnlyTransaction.
    template <class F>
    auto read(F&& f) {
        return with_result(std::forward<F>(f), [this](storage::Body body) { run_read(body); });
    }

    // Returns after the commit is durable. Throws what `f` throws, or the errors of errors.hpp.
    template <class F>
    auto write(F&& f) {
        return write(Isolation::read_committed, std::forward<F>(f));
    }
    template <class F>
    auto write(Isolation isolation, F&& f) {
        return with_result(std::forward<F>(f), [this, isolation](storage::Body body) { run_write(isolation, body); });
    }

    // Whether the database answers; takes at most acquire_timeout.
    [[nodiscard]] bool healthy();

    // Lets running transactions end and refuses new ones with Unavailable. Idempotent.
    void close();

    DatabaseStatistics statistics();
    Engine engine() const noexcept;

private:
    void run_read(storage::Body body);
    void run_write(Isolation isolation, storage::Body body);

    template <class F, class Run>
    static auto with_result(F&& f, Run run) {
        using Result = std::invoke_result_t<F&, Transaction&>;
        static_assert(!std::is_reference_v<Result>, "return a value: what a transaction has read must outlive it");
        if constexpr (std::is_void_v<Result>) {
            auto body = [&f](Transaction& tx) { f(tx); };
            run(borrow(body));
        } else {
            std::optional<Result> result;
            auto body = [&f, &result](Transaction& tx) {
                result.reset();
                result.emplace(f(tx));
            };
            run(borrow(body));
            return Result(std::move(*result));
        }
    }

    template <class Callable>
    static storage::Body borrow(Callable& callable) {
        return {&callable, [](void* object, Transaction& tx) { (*static_cast<Callable*>(object))(tx); }};
    }

    std::unique_ptr<storage::Backend> backend_;
};

}  // namespace gatehouse
