// One connection to a PostgreSQL server.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gatehouse/storage/database.hpp"
#include "sdk/storage/postgresql/link.hpp"
#include "sdk/storage/postgresql/url.hpp"
#include "sdk/storage/statement_cache.hpp"

namespace gatehouse::storage::postgresql {

// Used by one thread at a time. Every failure throws one of the types in errors.hpp.
//
// Waits for the server as rarely as it can: `begin` goes out with the first statement, what is run later with the next
// one or with `commit`, and nobody waits for the `commit` of a transaction that has only read.
class Connection final : public Session {
public:
    // Throws Unavailable.
    Connection(const Location& location, const DatabaseOptions& options);
    ~Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // A transaction begins. REQUIRES: `sql` is one statement and lives until the end of the transaction.
    void begin(std::string_view sql);
    Answer run(std::string_view sql, std::span<const Parameter> parameters) override;
    void run_later(std::string_view sql, std::span<const Parameter> parameters) override;
    // Throws CommitOutcomeUnknown if the connection was lost under way, and the errors of what was to run later.
    void commit();
    // Of a transaction without changes.
    void end_read();
    void rollback() noexcept;

    // Our own texts of several statements. REQUIRES: nothing is waiting to run later.
    void script(std::string_view sql);

    // False once it is lost or not worth keeping.
    bool usable() const noexcept { return !spent_ && link_->is_open(); }

private:
    struct Statement {
        std::string name;
        std::shared_ptr<const Rows::Columns> columns;  // null before the first answer
    };
    using Statements = StatementCache<Statement>;
    // A command of the flush to come.
    struct Queued {
        std::string sql;
        Statements* prepared_in;  // null: not a preparation
    };

    Statement& queue(std::string_view sql, std::span<const Parameter> parameters);
    void queue_own(std::string_view sql);
    Statement& prepared(Statements& statements, std::string_view sql);
    Result send();
    Result flush();
    Answer to_answer(PGresult& result, Statement& statement) const;
    void forget_preparations();
    [[noreturn]] void fail(const Refused& refused);
    [[noreturn]] void fail(const Refused& refused, std::string_view sql);

    const std::size_t rows_max_;
    std::unique_ptr<Link> link_;
    Statements statements_, own_statements_;  // the service's; begin, commit and the like
    std::size_t statement_number_ = 0;
    std::string_view begin_;  // to be sent with the first statement
    std::vector<Queued> queued_;
    Values values_;
    bool spent_ = false;
};

}  // namespace gatehouse::storage::postgresql
