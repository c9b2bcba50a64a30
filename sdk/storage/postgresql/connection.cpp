#include "sdk/storage/postgresql/connection.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "gatehouse/storage/errors.hpp"
#include "sdk/storage/postgresql/errors.hpp"
#include "sdk/storage/text.hpp"

namespace gatehouse::storage::postgresql {

namespace {

constexpr std::size_t kOwnStatements = 8;
constexpr char kCommit[] = "commit";
constexpr char kRollback[] = "rollback";

std::string session_settings(const Location& location, const DatabaseOptions& options) {
    std::string sql = "set statement_timeout = " + std::to_string(options.statement_timeout.count()) +
                      "; set lock_timeout = " + std::to_string(options.busy_timeout.count()) +
                      "; set client_min_messages = warning; set timezone = 'UTC'; set bytea_output = hex";
    if (!location.schema.empty()) sql += "; set search_path = \"" + location.schema + "\"";
    return sql;
}

std::shared_ptr<const Rows::Columns> columns_of(const PGresult& result) {
    Rows::Columns columns;
    for (int i = 0; i < PQnfields(&result); ++i) columns.emplace_back(PQfname(&result, i));
    return std::make_shared<const Rows::Columns>(std::move(columns));
}

std::int64_t affected_by(PGresult& result) {
    const std::string_view text = PQcmdTuples(&result);
    std::int64_t count = 0;
    std::from_chars(text.data(), text.data() + text.size(), count);  // empty: none
    return count;
}

}  // namespace

Connection::Connection(const Location& location, const DatabaseOptions& options)
    : rows_max_(options.rows_max),
      statements_(std::max<std::size_t>(options.statement_cache_max, 1)),
      own_statements_(kOwnStatements) {
    try {
        link_ = std::make_unique<Link>(location.url);
    } catch (const Refused& refused) {
        throw Unavailable("cannot connect to PostgreSQL: " + std::string(trim(refused.what())));
    }
    script(session_settings(location, options));
}

void Connection::begin(std::string_view sql) { begin_ = sql; }

Answer Connection::run(std::string_view sql, std::span<const Parameter> parameters) {
    Statement& statement = queue(sql, parameters);
    const Result result = flush();
    return to_answer(*result, statement);
}

void Connection::run_later(std::string_view sql, std::span<const Parameter> parameters) { queue(sql, parameters); }

void Connection::commit() {
    if (!begin_.empty()) {  // nothing was ever run
        begin_ = {};
        return;
    }
    std::size_t last = 0;
    try {
        queue_own(kCommit);
        last = queued_.size() - 1;
        send();
    } catch (const Refused& refused) {
        const bool is_known = refused.command < last;  // what was to run later has failed
        try {
            fail(refused);
        } catch (const Unavailable& error) {
            if (is_known || usable()) throw;
            throw CommitOutcomeUnknown(error.what());
        }
    }
}

void Connection::end_read() {
    if (!begin_.empty() || !queued_.empty()) return commit();
    try {
        queue_own(kCommit);
        queued_.clear();
        link_->flush_unheard();
    } catch (const Refused&) {
        spent_ = true;
    }
}

// What waits to run later has to be sent: libpq takes nothing back.
void Connection::rollback() noexcept {
    begin_ = {};
    if (!usable()) return;
    try {
        if (!queued_.empty()) {
            try {
                send();
            } catch (const Refused&) {
                forget_preparations();
            }
        }
        queue_own(kRollback);
        send();
    } catch (const std::exception&) {
        spent_ = true;
    }
}

void Connection::script(std::string_view sql) {
    try {
        link_->script(std::string(sql));
    } catch (const Refused& refused) {
        fail(refused, sql);
    }
}

Connection::Statement& Connection::queue(std::string_view sql, std::span<const Parameter> parameters) {
    try {
        if (!begin_.empty()) queue_own(std::exchange(begin_, {}));
        if (statements_.find(sql) == nullptr) refuse_transaction_control(sql);
        Statement& statement = prepared(statements_, sql);
        values_.assign(parameters);
        link_->execute(statement.name, values_);
        queued_.push_back({std::string(sql), nullptr});
        return statement;
    } catch (const Refused& refused) {
        fail(refused, sql);
    }
}

void Connection::queue_own(std::string_view sql) {
    const Statement& statement = prepared(own_statements_, sql);
    values_.clear();
    link_->execute(statement.name, values_);
    queued_.push_back({std::string(sql), nullptr});
}

Connection::Statement& Connection::prepared(Statements& statements, std::string_view sql) {
    if (Statement* known = statements.find(sql)) return *known;
    std::string name = "g" + std::to_string(++statement_number_);
    link_->prepare(name, std::string(sql));
    queued_.push_back({std::string(sql), &statements});
    return statements.add(sql, {std::move(name), nullptr}, [this](const Statement& dropped) {
        std::string drop = "deallocate " + dropped.name;
        link_->run(drop);
        queued_.push_back({std::move(drop), nullptr});
    });
}

Result Connection::send() {
    Result result = link_->flush();
    queued_.clear();
    return result;
}

Result Connection::flush() {
    try {
        return send();
    } catch (const Refused& refused) {
        fail(refused);
    }
}

Answer Connection::to_answer(PGresult& result, Statement& statement) const {
    const auto rows = static_cast<std::size_t>(PQntuples(&result));
    if (rows > rows_max_) {
        throw UnexpectedRowCount("an answer of more than " + std::to_string(rows_max_) + " rows");
    }
    if (statement.columns == nullptr) statement.columns = columns_of(result);
    std::vector<Cell> cells;
    cells.reserve(rows * statement.columns->size());
    for (int row = 0; row < PQntuples(&result); ++row) {
        for (int column = 0; column < PQnfields(&result); ++column) {
            if (PQgetisnull(&result, row, column) != 0) {
                cells.emplace_back();
            } else {
                const auto size = static_cast<std::size_t>(PQgetlength(&result, row, column));
                cells.push_back(decode(PQftype(&result, column), {PQgetvalue(&result, row, column), size}));
            }
        }
    }
    return {Rows(statement.columns, std::move(cells)), affected_by(result)};
}

// They may have been skipped. One that was not stays with the server, unused, until the connection ends.
void Connection::forget_preparations() {
    for (const Queued& queued : queued_) {
        if (queued.prepared_in != nullptr) queued.prepared_in->erase(queued.sql);
    }
    queued_.clear();
}

void Connection::fail(const Refused& refused) {
    const std::string sql = refused.command < queued_.size() ? queued_[refused.command].sql : std::string();
    fail(refused, sql);
}

void Connection::fail(const Refused& refused, std::string_view sql) {
    forget_preparations();
    if (refused.sqlstate == "08P01" && link_->is_open()) {
        throw std::logic_error(std::string(trim(refused.what())) + " in: " + std::string(sql));
    }
    if (ends_connection(refused.sqlstate, refused.what()) || refused.command == Refused::kNoCommand) spent_ = true;
    const bool is_lost = !link_->is_open() && !refused.sqlstate.starts_with("57P");
    throw_error(is_lost ? "08006" : refused.sqlstate, refused.what(), sql);
}

}  // namespace gatehouse::storage::postgresql
