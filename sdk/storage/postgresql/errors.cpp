#include "sdk/storage/postgresql/errors.hpp"

#include "gatehouse/storage/errors.hpp"

namespace gatehouse::storage::postgresql {

namespace {

// A field of a verbose message: "TABLE NAME:  users". The last one counts, as a row's values may contain the same
// words; libpq's fields follow after them.
std::string field(const std::string& message, const std::string& label) {
    const auto start = message.rfind("\n" + label + ":  ");
    if (start == std::string::npos) return {};
    const auto value = start + label.size() + 4;
    return message.substr(value, message.find('\n', value) - value);
}

// "DETAIL:  Key (post_id, user_id)=(1, 2) already exists." The words differ from language to language, the shape does
// not.
std::vector<std::string> key_columns(const std::string& message) {
    const auto detail = message.find("\nDETAIL:  ");
    if (detail == std::string::npos) return {};
    const auto open = message.find('(', detail);
    const auto close = message.find(")=(", detail);
    if (open == std::string::npos || close == std::string::npos || close < open) return {};
    std::string_view list = std::string_view(message).substr(open + 1, close - open - 1);
    std::vector<std::string> columns;
    for (;;) {
        const auto comma = list.find(", ");
        columns.emplace_back(list.substr(0, comma));
        if (comma == std::string_view::npos) return columns;
        list.remove_prefix(comma + 2);
    }
}

ConstraintDetail detail_of(const std::string& message) {
    ConstraintDetail detail{field(message, "TABLE NAME"), key_columns(message), field(message, "CONSTRAINT NAME")};
    if (std::string column = field(message, "COLUMN NAME"); !column.empty()) detail.columns = {std::move(column)};
    return detail;
}

std::string describe(const std::string& message, std::string_view sql) {
    std::string text = "PostgreSQL: " + message.substr(0, message.find('\n'));
    if (!sql.empty()) text += " in: " + std::string(sql.substr(0, 300));
    return text;
}

}  // namespace

bool ends_connection(const std::string& sqlstate, const std::string& message) {
    if (sqlstate.starts_with("08") || sqlstate.starts_with("57P")) return true;
    if (sqlstate == "26000") return true;  // prepared statements were dropped, e.g. by a pooler in between
    return sqlstate == "0A000" && message.find("cached plan") != std::string::npos;
}

void throw_error(const std::string& sqlstate, const std::string& message, std::string_view sql) {
    const std::string text = describe(message, sql);
    if (sqlstate == "23505") throw UniqueViolation(text, detail_of(message));
    if (sqlstate == "23503") throw ForeignKeyViolation(text, detail_of(message));
    if (sqlstate == "23514") throw CheckViolation(text, detail_of(message));
    if (sqlstate == "23502") throw NotNullViolation(text, detail_of(message));
    if (sqlstate.starts_with("23")) throw ConstraintViolation(text, detail_of(message));
    if (sqlstate.starts_with("40")) throw SerializationFailure(text);
    if (sqlstate == "57014") throw Timeout(text);
    if (sqlstate == "55P03") throw Busy(text);
    if (sqlstate == "25006") throw ReadOnlyTransaction(text);
    if (sqlstate.starts_with("22")) throw InvalidParameter(text);
    if (sqlstate.starts_with("08") || sqlstate.starts_with("57P") || sqlstate.starts_with("53"))
        throw Unavailable(text);
    if (ends_connection(sqlstate, message)) throw SerializationFailure(text);
    throw StorageError(text);
}

}  // namespace gatehouse::storage::postgresql
