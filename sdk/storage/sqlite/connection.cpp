#include "sdk/storage/sqlite/connection.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <thread>

#include "sdk/storage/sqlite/errors.hpp"
#include "sdk/storage/text.hpp"

namespace gatehouse::storage::sqlite {

namespace {

using std::chrono::steady_clock;

constexpr int kStrictTables = 3'037'000;  // the first version that knows STRICT
constexpr std::size_t kControlsMax = 16;
constexpr char kCache[] = "pragma cache_size = -32768";  // at most 32 MiB, as pages are read; SQLite's own default is 2
constexpr int kProgressInstructions = 2'000;             // between two looks at the clock: some 20 microseconds

// "$2" or "$2::bigint" is 2.
std::size_t parameter_number(const char* name) {
    std::size_t number = 0;
    if (name != nullptr && name[0] == '$') {
        const std::string_view digits(name + 1);
        std::from_chars(digits.data(), digits.data() + digits.size(), number);
    }
    if (number == 0) throw std::logic_error("SQL placeholders are $1, $2 …");
    return number;
}

int bind_one(sqlite3_stmt* statement, int index, const Parameter::Value& value) {
    struct Binder {
        sqlite3_stmt* statement;
        int index;
        int operator()(std::monostate) const { return sqlite3_bind_null(statement, index); }
        int operator()(std::int64_t integer) const { return sqlite3_bind_int64(statement, index, integer); }
        int operator()(double real) const { return sqlite3_bind_double(statement, index, real); }
        int operator()(bool boolean) const { return sqlite3_bind_int(statement, index, boolean ? 1 : 0); }
        int operator()(std::string_view text) const {
            const char* data = text.empty() ? "" : text.data();
            return sqlite3_bind_text64(statement, index, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
        }
        int operator()(BlobView bytes) const {
            if (bytes.empty()) return sqlite3_bind_zeroblob(statement, index, 0);
            return sqlite3_bind_blob64(statement, index, bytes.data(), bytes.size(), SQLITE_STATIC);
        }
    };
    return std::visit(Binder{statement, index}, value);
}

Cell read_cell(sqlite3_stmt* statement, int column) {
    switch (sqlite3_column_type(statement, column)) {
        case SQLITE_NULL: return {};
        case SQLITE_INTEGER: return static_cast<std::int64_t>(sqlite3_column_int64(statement, column));
        case SQLITE_FLOAT: return sqlite3_column_double(statement, column);
        case SQLITE_TEXT: {
            const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
            return std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
        }
        default: {
            const auto* bytes = static_cast<const std::byte*>(sqlite3_column_blob(statement, column));
            return Blob(bytes, bytes + sqlite3_column_bytes(statement, column));
        }
    }
}

// Frees what the statement holds (a read lock, borrowed parameters) however its use ends.
class Reset {
public:
    explicit Reset(sqlite3_stmt* statement) : statement_(statement) {}
    ~Reset() {
        sqlite3_reset(statement_);
        sqlite3_clear_bindings(statement_);
    }
    Reset(const Reset&) = delete;
    Reset& operator=(const Reset&) = delete;

private:
    sqlite3_stmt* statement_;
};

}  // namespace

Connection::Connection(const Location& location, const DatabaseOptions& options, Role role)
    : options_(options),
      memory_(location.memory),
      statements_(std::max<std::size_t>(options.statement_cache_max, 1)),
      controls_(kControlsMax) {
    if (sqlite3_libversion_number() < kStrictTables) {
        throw Unavailable(std::string("SQLite 3.37 or newer is needed, this is ") + sqlite3_libversion());
    }
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (role != Role::observer) flags |= SQLITE_OPEN_CREATE;
    if (memory_) flags |= SQLITE_OPEN_URI | SQLITE_OPEN_CREATE;
    sqlite3* database = nullptr;
    const int code = sqlite3_open_v2(location.name.c_str(), &database, flags, nullptr);
    database_.reset(database);
    if (code != SQLITE_OK) {
        const char* problem = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
        throw Unavailable("cannot open " + location.name + ": " + problem);
    }
    sqlite3_progress_handler(database, kProgressInstructions, &Connection::on_progress, this);
    sqlite3_busy_handler(database, &Connection::on_busy, this);
    configure(role);
}

void Connection::configure(Role role) {
    sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    // "x" is a column and never text, as in PostgreSQL.
    sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    script(kCache);
    if (role == Role::reader || role == Role::observer) {
        script("pragma query_only = on");
        return;
    }
    if (!memory_) use_write_ahead_log();
    script("pragma synchronous = full; pragma journal_size_limit = 67108864");
    script(role == Role::migrator ? "pragma foreign_keys = off" : "pragma foreign_keys = on");
}

void Connection::use_write_ahead_log() {
    // The switch needs the file for itself and does not ask the busy handler in all cases.
    const auto deadline = steady_clock::now() + options_.busy_timeout;
    for (;;) {
        try {
            const auto mode = run("pragma journal_mode = wal", {}).rows.one<std::string>();
            if (mode != "wal")
                throw Unavailable("SQLite cannot use a write-ahead log here (journal mode " + mode + ")");
            return;
        } catch (const Busy&) {
            if (steady_clock::now() >= deadline) throw;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }
}

int Connection::on_progress(void* self) noexcept {
    return steady_clock::now() >= static_cast<Connection*>(self)->statement_deadline_ ? 1 : 0;
}

// Short waits of random length: two processes that commit all the time must both get their turn.
int Connection::on_busy(void* self, int attempts) noexcept {
    auto& connection = *static_cast<Connection*>(self);
    const auto now = steady_clock::now();
    if (attempts == 0) connection.busy_deadline_ = now + connection.options_.busy_timeout;
    if (now >= connection.busy_deadline_) return 0;
    connection.jitter_ = connection.jitter_ * 1'664'525U + 1'013'904'223U;
    std::this_thread::sleep_for(std::chrono::microseconds(200 + (connection.jitter_ >> 8U) % 3'000));
    return 1;
}

Answer Connection::run(std::string_view sql, std::span<const Parameter> parameters) {
    Statement& statement = prepared(sql);
    sqlite3_stmt* handle = statement.handle.get();
    const Reset reset(handle);
    for (std::size_t i = 0; i < statement.parameters.size(); ++i) {
        const std::size_t number = statement.parameters[i];
        if (number > parameters.size())
            throw std::logic_error("SQL uses $" + std::to_string(number) + ", which was not given");
        if (const int code = bind_one(handle, static_cast<int>(i) + 1, parameters[number - 1].value());
            code != SQLITE_OK) {
            fail(code, sql);
        }
    }
    statement_deadline_ = steady_clock::now() + options_.statement_timeout;
    Answer answer = step(statement);
    statement_deadline_ = steady_clock::time_point::max();
    return answer;
}

Answer Connection::step(Statement& statement) {
    sqlite3_stmt* handle = statement.handle.get();
    const auto changes_before = sqlite3_total_changes64(database_.get());
    std::vector<Cell> cells;
    std::size_t count = 0;
    int code = SQLITE_OK;
    while ((code = sqlite3_step(handle)) == SQLITE_ROW) {
        if (++count > options_.rows_max)
            throw UnexpectedRowCount("an answer of more than " + std::to_string(options_.rows_max) + " rows");
        const int columns = sqlite3_data_count(handle);
        for (int i = 0; i < columns; ++i) cells.push_back(read_cell(handle, i));
    }
    statement_deadline_ = steady_clock::time_point::max();
    if (code != SQLITE_DONE) fail(code, sqlite3_sql(handle));
    std::vector<std::string> columns;
    for (int i = 0; i < sqlite3_column_count(handle); ++i) columns.emplace_back(sqlite3_column_name(handle, i));
    const bool changed = sqlite3_total_changes64(database_.get()) != changes_before;
    return {Rows(std::move(columns), std::move(cells)), changed ? sqlite3_changes64(database_.get()) : 0};
}

Statement& Connection::prepared(std::string_view sql) {
    if (Statement* known = statements_.find(sql)) return *known;
    refuse_transaction_control(sql);
    return statements_.add(sql, prepare(sql), [](const Statement&) {});
}

Statement Connection::prepare(std::string_view sql) {
    sqlite3_stmt* handle = nullptr;
    const char* rest = nullptr;
    const int code = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &handle, &rest);
    Statement statement{std::unique_ptr<sqlite3_stmt, Deleter>(handle), {}};
    if (code != SQLITE_OK) fail(code, sql);
    if (handle == nullptr) throw std::logic_error("an empty SQL statement");
    const std::string_view tail(rest, static_cast<std::size_t>(sql.data() + sql.size() - rest));
    if (!trim(tail).empty()) throw std::logic_error("several SQL statements in one: " + std::string(sql));
    for (int i = 1; i <= sqlite3_bind_parameter_count(handle); ++i) {
        statement.parameters.push_back(parameter_number(sqlite3_bind_parameter_name(handle, i)));
    }
    return statement;
}

void Connection::control(std::string_view sql) {
    statement_deadline_ = steady_clock::time_point::max();
    Statement* statement = controls_.find(sql);
    if (statement == nullptr) statement = &controls_.add(sql, prepare(sql), [](const Statement&) {});
    const Reset reset(statement->handle.get());
    if (const int code = sqlite3_step(statement->handle.get()); code != SQLITE_DONE) fail(code, sql);
}

void Connection::commit() {
    try {
        control("commit");
    } catch (const StorageError& error) {
        const bool in_doubt = commit_is_in_doubt(sqlite3_extended_errcode(database_.get()));
        rollback();
        if (in_doubt) throw CommitOutcomeUnknown(error.what());
        throw;
    }
}

void Connection::rollback() noexcept {
    statement_deadline_ = steady_clock::time_point::max();
    if (in_transaction()) sqlite3_exec(database_.get(), "rollback", nullptr, nullptr, nullptr);
}

void Connection::script(std::string_view sql) {
    statement_deadline_ = steady_clock::time_point::max();
    const int code = sqlite3_exec(database_.get(), std::string(sql).c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(code, sql);
}

bool Connection::has_open_foreign_keys() const {
    int violated = 0, unused = 0;
    sqlite3_db_status(database_.get(), SQLITE_DBSTATUS_DEFERRED_FKS, &violated, &unused, 0);
    return violated != 0;
}

void Connection::fail(int code, std::string_view sql) {
    statement_deadline_ = steady_clock::time_point::max();
    throw_error(database_.get(), code, sql);
}

}  // namespace gatehouse::storage::sqlite
