// Parameters and cells in PostgreSQL's text format.
#pragma once

#include <libpq-fe.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gatehouse/storage/parameter.hpp"
#include "gatehouse/storage/rows.hpp"

namespace gatehouse::storage::postgresql {

// The parameters of one command, as libpq takes them. Keeps its memory for the next command.
class Values final {
public:
    void assign(std::span<const Parameter> parameters);
    void clear() noexcept { pointers_.clear(); }

    [[nodiscard]] int size() const noexcept { return static_cast<int>(pointers_.size()); }
    // Good until the next assign(); a null pointer is NULL.
    [[nodiscard]] const char* const* pointers() const noexcept { return pointers_.data(); }

private:
    std::string texts_;  // each with a zero behind it
    std::vector<std::size_t> starts_;
    std::vector<const char*> pointers_;
};

// Integers and booleans become integers, floating point and numeric floating point (a numeric without a fraction that
// fits an integer becomes one, so that sum(bigint) reads as on SQLite), bytea bytes, everything else text.
Cell decode(Oid type, std::string_view text);

}  // namespace gatehouse::storage::postgresql
