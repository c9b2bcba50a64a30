// postgresql://… as Gatehouse understands it: libpq's URL plus ?schema=.
#pragma once

#include <string>

#include "gatehouse/storage/database.hpp"

namespace gatehouse::storage::postgresql {

struct Location {
    std::string url;     // for libpq; may carry a password, so it belongs into no message
    std::string schema;  // empty: as the server's search_path has it
};

// Takes `schema` out and adds time limits and a name for the connection where the URL has none. Throws
// std::invalid_argument.
Location parse_url(const DatabaseOptions& options);

}  // namespace gatehouse::storage::postgresql
