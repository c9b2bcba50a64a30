// One connection to a PostgreSQL server.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "gatehouse/storage/database.hpp"
#include "sdk/storage/postgresql/compatibility.hpp"
#include "sdk/storage/postgresql/url.hpp"
#include "sdk/storage/statement_cache.hpp"

namespace gatehouse::storage::postgresql {

// Used by one thread at a time. Every failure throws one of the types in errors.hpp.
class Connection final : public Session {
public:
    // Throws Unavailable.
    Connection(const Location& location, const DatabaseOptions& options);
    ~Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    Answer run(std::string_view sql, std::span<const Parameter> parameters) override;

    // Our own statements: begin, set … Several are allowed.
    void script(std::string_view sql);
    // Throws CommitOutcomeUnknown if the connection was lost under way.
    void commit();
    void rollback() noexcept;

    // False once it is lost or not worth keeping.
    bool usable() const noexcept { return !spent_ && connection_->is_open(); }

private:
    std::string prepared(std::string_view sql);
    // Inside a catch block: turns libpqxx's exception into ours.
    [[noreturn]] void translate(std::string_view sql);
    [[noreturn]] void fail(const std::string& sqlstate, const std::string& message, std::string_view sql);

    const std::size_t rows_max_;
    std::unique_ptr<pqxx::connection> connection_;
    std::unique_ptr<pqxx::nontransaction> session_;  // statements as they are; begin and commit are ours
    StatementCache<std::string> statements_;
    std::size_t statement_number_ = 0;
    bool spent_ = false;
};

}  // namespace gatehouse::storage::postgresql
