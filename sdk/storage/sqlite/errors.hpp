// SQLite's result codes as the types of <gatehouse/storage/errors.hpp>.
#pragma once

#include <sqlite3.h>

#include <string_view>

namespace gatehouse::storage::sqlite {

// REQUIRES: `code` is what the last call on `database` returned, nothing was called since.
[[noreturn]] void throw_error(sqlite3* database, int code, std::string_view sql);

// Whether a COMMIT that failed with an error of the disk may yet be found done after a restart.
bool commit_is_in_doubt(int code);

}  // namespace gatehouse::storage::sqlite
