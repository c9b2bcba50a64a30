#include "sdk/storage/postgresql/connection.hpp"

#include <algorithm>
#include <stdexcept>

#include "gatehouse/storage/errors.hpp"
#include "sdk/storage/postgresql/errors.hpp"
#include "sdk/storage/postgresql/values.hpp"
#include "sdk/storage/text.hpp"

namespace gatehouse::storage::postgresql {

namespace {

std::string session_settings(const Location& location, const DatabaseOptions& options) {
    std::string sql = "set statement_timeout = " + std::to_string(options.statement_timeout.count()) +
                      "; set lock_timeout = " + std::to_string(options.busy_timeout.count()) +
                      "; set client_min_messages = warning; set timezone = 'UTC'; set bytea_output = hex";
    if (!location.schema.empty()) sql += "; set search_path = \"" + location.schema + "\"";
    return sql;
}

}  // namespace

Connection::Connection(const Location& location, const DatabaseOptions& options)
    : rows_max_(options.rows_max), statements_(std::max<std::size_t>(options.statement_cache_max, 1)) {
    try {
        connection_ = std::make_unique<pqxx::connection>(location.url);
        set_up(*connection_);
        session_ = std::make_unique<pqxx::nontransaction>(*connection_);
    } catch (const std::exception& error) {
        const std::string_view message = error.what();
        throw Unavailable("cannot connect to PostgreSQL: " + std::string(trim(message)));
    }
    script(session_settings(location, options));
}

Answer Connection::run(std::string_view sql, std::span<const Parameter> parameters) {
    std::vector<std::optional<std::string>> values;
    values.reserve(parameters.size());
    for (const Parameter& parameter : parameters) values.push_back(encode(parameter));
    pqxx::result result;
    try {
        result = run_prepared(*session_, prepared(sql), values);
    } catch (const std::logic_error&) {
        throw;
    } catch (...) {
        translate(sql);
    }
    if (static_cast<std::size_t>(result.size()) > rows_max_) {
        throw UnexpectedRowCount("an answer of more than " + std::to_string(rows_max_) + " rows");
    }
    std::vector<std::string> columns;
    std::vector<pqxx::oid> types;
    for (int i = 0; i < static_cast<int>(result.columns()); ++i) {
        columns.emplace_back(result.column_name(static_cast<pqxx::row::size_type>(i)));
        types.push_back(result.column_type(static_cast<pqxx::row::size_type>(i)));
    }
    std::vector<Cell> cells;
    cells.reserve(static_cast<std::size_t>(result.size()) * columns.size());
    for (const auto& row : result) {
        for (const auto& field : row) {
            const std::size_t column = cells.size() % columns.size();
            cells.push_back(field.is_null() ? Cell{} : decode(types[column], field.c_str(), field.size()));
        }
    }
    return {Rows(std::move(columns), std::move(cells)), static_cast<std::int64_t>(result.affected_rows())};
}

std::string Connection::prepared(std::string_view sql) {
    if (const std::string* known = statements_.find(sql)) return *known;
    refuse_transaction_control(sql);
    std::string name = "g" + std::to_string(++statement_number_);
    connection_->prepare(name, std::string(sql));
    return statements_.add(sql, std::move(name),
                           [this](const std::string& dropped) { connection_->unprepare(dropped); });
}

void Connection::script(std::string_view sql) {
    try {
        session_->exec(std::string(sql));
    } catch (...) {
        translate(sql);
    }
}

void Connection::commit() {
    try {
        script("commit");
    } catch (const Unavailable& error) {
        if (usable()) throw;
        throw CommitOutcomeUnknown(error.what());
    }
}

void Connection::rollback() noexcept {
    if (!usable()) return;
    try {
        session_->exec("rollback");
    } catch (const std::exception&) {
        spent_ = true;
    }
}

void Connection::translate(std::string_view sql) {
    try {
        throw;
    } catch (const pqxx::deadlock_detected& error) {
        throw SerializationFailure(std::string("PostgreSQL: ") + error.what());
    } catch (const pqxx::transaction_rollback& error) {
        throw SerializationFailure(std::string("PostgreSQL: ") + error.what());
    } catch (const pqxx::sql_error& error) {
        fail(error.sqlstate(), error.what(), sql);
    } catch (const pqxx::broken_connection& error) {
        fail("08006", error.what(), sql);
    } catch (const pqxx::failure& error) {
        fail({}, error.what(), sql);
    }
}

void Connection::fail(const std::string& sqlstate, const std::string& message, std::string_view sql) {
    if (ends_connection(sqlstate, message)) spent_ = true;
    throw_error(!connection_->is_open() && !sqlstate.starts_with("57P") ? "08006" : sqlstate, message, sql);
}

}  // namespace gatehouse::storage::postgresql
