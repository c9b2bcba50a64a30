// PostgreSQL's SQLSTATEs as the types of <gatehouse/storage/errors.hpp>.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::storage::postgresql {

// `message` is libpq's, in its verbose form. Values of rows, which are part of it, do not get into the error.
[[noreturn]] void throw_error(const std::string& sqlstate, const std::string& message, std::string_view sql);

// States after which the connection is of no use: it is going down, or its prepared statements are out of date.
bool ends_connection(const std::string& sqlstate, const std::string& message);

}  // namespace gatehouse::storage::postgresql
