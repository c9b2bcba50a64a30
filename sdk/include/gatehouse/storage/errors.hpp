// What can go wrong with a database, alike on both engines.
//
// Every type here derives from StorageError; messages are for logs, never for a client's eyes. Misuse of the interface
// (a transaction inside a transaction, `commit` as SQL text, a wrong column name) is a bug and throws std::logic_error.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse {

class StorageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// What a constraint error names, as far as the engine tells; absent parts are empty.
struct ConstraintDetail {
    std::string table;  // "users"
    std::vector<std::string>
        columns;             // {"email"}; an expression index has none on SQLite, its expressions on PostgreSQL
    std::string constraint;  // "users_email_key"
};

// A row would break a rule of the schema. The transaction is over; nothing of it is kept.
class ConstraintViolation : public StorageError {
public:
    ConstraintViolation(const std::string& message, ConstraintDetail detail);

    const std::string& table() const noexcept { return detail_.table; }
    const std::vector<std::string>& columns() const noexcept { return detail_.columns; }
    const std::string& constraint() const noexcept { return detail_.constraint; }

    // Whether this error is about the named rule. Three spellings, which mean the same on both engines:
    //   "users.email"                          one column
    //   "likes.post_id, likes.user_id"         several, in any order; also "likes.post_id,user_id"
    //   "posts_slug_key", "users_email_lower"  the name of the constraint or unique index
    // SQLite does not keep names of inline constraints, so PostgreSQL's default names are used there:
    // <table>_pkey and <table>_<columns>_key. An index over an expression is known by its name only.
    [[nodiscard]] bool violates(std::string_view rule) const;

private:
    ConstraintDetail detail_;
};

class UniqueViolation final : public ConstraintViolation {
public:
    using ConstraintViolation::ConstraintViolation;
};

// SQLite does not tell which foreign key it was: the detail is empty there.
class ForeignKeyViolation final : public ConstraintViolation {
public:
    using ConstraintViolation::ConstraintViolation;
};

class CheckViolation final : public ConstraintViolation {
public:
    using ConstraintViolation::ConstraintViolation;
};

class NotNullViolation final : public ConstraintViolation {
public:
    using ConstraintViolation::ConstraintViolation;
};

// Concurrent transactions got in each other's way more often than DatabaseOptions::retries allows. Nothing was kept.
class SerializationFailure final : public StorageError {
public:
    using StorageError::StorageError;
};

// No room right now: the write queue is full, no connection came free in time, or another process holds the lock.
// Nothing was done; answer 503 with Retry-After.
class Busy final : public StorageError {
public:
    using StorageError::StorageError;
};

// A statement ran longer than DatabaseOptions::statement_timeout and was stopped. Nothing was kept.
class Timeout final : public StorageError {
public:
    using StorageError::StorageError;
};

// The database cannot be reached, or this Database is closed. Nothing was kept; later calls reconnect by themselves.
class Unavailable final : public StorageError {
public:
    using StorageError::StorageError;
};

// The connection (or the disk) failed while a commit was under way: the write may or may not have happened. It is never
// retried here; a caller may repeat it only with an idempotency key that a unique index backs.
class CommitOutcomeUnknown final : public StorageError {
public:
    using StorageError::StorageError;
};

// A write statement inside Database::read().
class ReadOnlyTransaction final : public StorageError {
public:
    using StorageError::StorageError;
};

// A parameter that the engines would not both store as given: text with a NUL or invalid UTF-8, a floating point NaN.
class InvalidParameter final : public StorageError {
public:
    using StorageError::StorageError;
};

// Rows::one() found none or several, Rows::maybe() several, or a result is larger than DatabaseOptions::rows_max.
class UnexpectedRowCount final : public StorageError {
public:
    using StorageError::StorageError;
};

// A cell is not of the type asked for, null without std::optional, or out of the type's range.
class TypeMismatch final : public StorageError {
public:
    using StorageError::StorageError;
};

// The database's history of migrations is not the program's. `file()` names the migration, e.g. "0002_add_likes.sql".
class MigrationDrift final : public StorageError {
public:
    MigrationDrift(std::string file, const std::string& problem)
        : StorageError(file + ": " + problem), file_(std::move(file)) {}
    const std::string& file() const noexcept { return file_; }

private:
    std::string file_;
};

// A migration's SQL failed and was rolled back. `file()` names it.
class MigrationFailed final : public StorageError {
public:
    MigrationFailed(std::string file, const std::string& problem)
        : StorageError(file + ": " + problem), file_(std::move(file)) {}
    const std::string& file() const noexcept { return file_; }

private:
    std::string file_;
};

}  // namespace gatehouse
