// One connection to a SQLite database.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gatehouse/storage/database.hpp"
#include "sdk/storage/statement_cache.hpp"

namespace gatehouse::storage::sqlite {

// Where the database is, from the URL.
struct Location {
    std::string name;  // what sqlite3_open_v2 is given
    bool memory = false;
};

// Throws std::invalid_argument.
Location parse_url(const DatabaseOptions& options);

// What a connection may do.
enum class Role {
    reader,    // reads only
    writer,    // everything but schema_migrations' business
    migrator,  // as writer, with foreign keys not enforced, so that a migration can rebuild a table
    observer,  // as reader, and fails with Unavailable where the file does not exist
};

struct Deleter {
    void operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};

// A prepared statement and, for each of SQLite's parameters, the number n of the $n that it stands for.
struct Statement {
    std::unique_ptr<sqlite3_stmt, Deleter> handle;
    std::vector<std::size_t> parameters;
};

// Used by one thread at a time. Every failure throws one of the types in errors.hpp.
class Connection final : public Session {
public:
    Connection(const Location& location, const DatabaseOptions& options, Role role);
    ~Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    Answer run(std::string_view sql, std::span<const Parameter> parameters) override;

    // One of our own statements without parameters or rows: begin, savepoint …
    void control(std::string_view sql);
    // Throws CommitOutcomeUnknown if the disk failed under way. The transaction is over in any case.
    void commit();
    void rollback() noexcept;
    // A text of several statements; no time limit.
    void script(std::string_view sql);

    // False if SQLite has rolled back by itself, as it does after an interrupted write or an I/O error.
    bool in_transaction() const noexcept { return sqlite3_get_autocommit(database_.get()) == 0; }
    // Whether a deferred foreign key is violated right now: the commit would fail.
    bool has_open_foreign_keys() const;

private:
    static int on_progress(void* self) noexcept;
    static int on_busy(void* self, int attempts) noexcept;

    void configure(Role role);
    void use_write_ahead_log();
    Statement& prepared(std::string_view sql);
    Statement prepare(std::string_view sql);
    Answer step(Statement& statement);
    [[noreturn]] void fail(int code, std::string_view sql);

    const DatabaseOptions options_;
    const bool memory_;
    std::unique_ptr<sqlite3, Deleter> database_;
    StatementCache<Statement> statements_;  // a Transaction's
    StatementCache<Statement> controls_;    // our own; apart, so that nobody else can run them
    std::chrono::steady_clock::time_point statement_deadline_ = std::chrono::steady_clock::time_point::max();
    std::chrono::steady_clock::time_point busy_deadline_{};
    unsigned jitter_ = 1;
};

}  // namespace gatehouse::storage::sqlite
