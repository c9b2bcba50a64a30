// Parameters and cells in PostgreSQL's text format.
#pragma once

#include <optional>
#include <string>

#include "gatehouse/storage/parameter.hpp"
#include "gatehouse/storage/rows.hpp"
#include "sdk/storage/postgresql/compatibility.hpp"

namespace gatehouse::storage::postgresql {

std::optional<std::string> encode(const Parameter& parameter);

// Integers and booleans become integers, floating point and numeric floating point (a numeric without a fraction that
// fits an integer becomes one, so that sum(bigint) reads as on SQLite), bytea bytes, everything else text.
Cell decode(pqxx::oid type, const char* text, std::size_t size);

}  // namespace gatehouse::storage::postgresql
