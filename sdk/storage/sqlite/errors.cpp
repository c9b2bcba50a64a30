#include "sdk/storage/sqlite/errors.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gatehouse/storage/errors.hpp"
#include "sdk/storage/sqlite/connection.hpp"

namespace gatehouse::storage::sqlite {

namespace {

// The first column of each row; nothing on any error, as this runs while another error is being explained.
std::vector<std::string> texts(sqlite3* database, const char* sql, const std::string& argument) {
    sqlite3_stmt* handle = nullptr;
    if (sqlite3_prepare_v2(database, sql, -1, &handle, nullptr) != SQLITE_OK) return {};
    const std::unique_ptr<sqlite3_stmt, Deleter> statement(handle);
    sqlite3_bind_text(handle, 1, argument.data(), static_cast<int>(argument.size()), SQLITE_STATIC);
    std::vector<std::string> result;
    while (sqlite3_step(handle) == SQLITE_ROW) {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle, 0));
        result.emplace_back(text != nullptr ? text : "");
    }
    return result;
}

std::string after_prefix(const std::string& message, std::string_view prefix) {
    return message.starts_with(prefix) ? message.substr(prefix.size()) : std::string();
}

// "likes.post_id, likes.user_id"
ConstraintDetail split_columns(std::string_view list) {
    ConstraintDetail detail;
    while (!list.empty()) {
        const auto comma = list.find(", ");
        const std::string_view item = list.substr(0, comma);
        const auto dot = item.find('.');
        detail.table = item.substr(0, dot);
        detail.columns.emplace_back(dot == std::string_view::npos ? item : item.substr(dot + 1));
        list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 2);
    }
    return detail;
}

// The name of a unique index as it was created; "" for the one that an inline constraint has made.
std::string index_name(sqlite3* database, const ConstraintDetail& detail) {
    std::vector<std::string> wanted = detail.columns;
    std::ranges::sort(wanted);
    for (const auto& name :
         texts(database, "select name from pragma_index_list(?1) where \"unique\" and origin = 'c'", detail.table)) {
        auto columns = texts(database, "select name from pragma_index_info(?1)", name);
        std::ranges::sort(columns);
        if (columns == wanted) return name;
    }
    return {};
}

ConstraintDetail unique_detail(sqlite3* database, int code, const std::string& message) {
    const std::string what = after_prefix(message, "UNIQUE constraint failed: ");
    if (what.starts_with("index '")) {
        ConstraintDetail detail;
        detail.constraint = what.substr(7, what.rfind('\'') - 7);
        const auto tables =
            texts(database, "select tbl_name from sqlite_schema where type = 'index' and name = ?1", detail.constraint);
        if (!tables.empty()) detail.table = tables.front();
        return detail;
    }
    ConstraintDetail detail = split_columns(what);
    detail.constraint = index_name(database, detail);
    if (!detail.constraint.empty()) return detail;
    detail.constraint = detail.table;
    if (code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_ROWID) {
        detail.constraint += "_pkey";
    } else {
        for (const auto& column : detail.columns) detail.constraint += "_" + column;
        detail.constraint += "_key";
    }
    return detail;
}

[[noreturn]] void throw_constraint(sqlite3* database, int code, const std::string& message, const std::string& text) {
    switch (code) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_ROWID: throw UniqueViolation(text, unique_detail(database, code, message));
        case SQLITE_CONSTRAINT_FOREIGNKEY: throw ForeignKeyViolation(text, {});
        case SQLITE_CONSTRAINT_NOTNULL:
            throw NotNullViolation(text, split_columns(after_prefix(message, "NOT NULL constraint failed: ")));
        case SQLITE_CONSTRAINT_CHECK: {
            ConstraintDetail detail;
            detail.constraint = after_prefix(message, "CHECK constraint failed: ");
            throw CheckViolation(text, std::move(detail));
        }
        case SQLITE_CONSTRAINT_DATATYPE: throw InvalidParameter(text);  // the wrong type for a STRICT table
        default: throw ConstraintViolation(text, {});                   // a trigger's raise()
    }
}

}  // namespace

void throw_error(sqlite3* database, int code, std::string_view sql) {
    const std::string message = sqlite3_errmsg(database);
    std::string text = "SQLite: " + message;
    if (!sql.empty()) text += " in: " + std::string(sql.substr(0, 300));
    switch (code & 0xFF) {
        case SQLITE_CONSTRAINT: throw_constraint(database, code, message, text);
        case SQLITE_BUSY:
            if (code == SQLITE_BUSY_SNAPSHOT) throw SerializationFailure(text);
            throw Busy(text);
        case SQLITE_LOCKED: throw Busy(text);
        case SQLITE_INTERRUPT: throw Timeout(text);
        case SQLITE_MISMATCH:
        case SQLITE_TOOBIG: throw InvalidParameter(text);
        case SQLITE_READONLY:
            if (code == SQLITE_READONLY) throw ReadOnlyTransaction(text);
            throw Unavailable(text);
        case SQLITE_CANTOPEN:
        case SQLITE_IOERR:
        case SQLITE_FULL:
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_PERM: throw Unavailable(text);
        default: throw StorageError(text);
    }
}

bool commit_is_in_doubt(int code) { return (code & 0xFF) == SQLITE_IOERR; }

}  // namespace gatehouse::storage::sqlite
