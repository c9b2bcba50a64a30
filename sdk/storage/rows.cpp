#include "gatehouse/storage/rows.hpp"

#include <algorithm>
#include <stdexcept>

namespace gatehouse {

namespace {

std::string_view type_name(const Cell& cell) {
    switch (cell.index()) {
        case 0: return "null";
        case 1: return "an integer";
        case 2: return "a floating point number";
        case 3: return "text";
        default: return "bytes";
    }
}

[[noreturn]] void mismatch(const Rows& rows, std::size_t column, const Cell& cell, std::string_view wanted) {
    throw TypeMismatch("column \"" + rows.columns()[column] + "\" is " + std::string(type_name(cell)) + ", not " +
                       std::string(wanted));
}

const Cell& cell_at(const Rows& rows, std::size_t row, std::size_t column) {
    if (column >= rows.columns().size()) {
        throw std::out_of_range("column " + std::to_string(column) + " of " + std::to_string(rows.columns().size()));
    }
    return rows.cell(row, column);
}

template <class T>
const T& expect(const Rows& rows, std::size_t row, std::size_t column, std::string_view wanted) {
    const Cell& cell = cell_at(rows, row, column);
    if (const T* value = std::get_if<T>(&cell)) return *value;
    mismatch(rows, column, cell, wanted);
}

}  // namespace

bool Row::is_null(std::size_t column) const { return cell_at(*rows_, index_, column).index() == 0; }

std::size_t Row::size() const noexcept { return rows_->columns().size(); }

std::size_t Row::find(std::string_view column) const {
    const auto& names = rows_->columns();
    const auto found = std::ranges::find(names, column);
    if (found == names.end()) throw std::out_of_range("no column \"" + std::string(column) + "\"");
    return static_cast<std::size_t>(found - names.begin());
}

std::int64_t Row::integer(std::size_t column) const {
    return expect<std::int64_t>(*rows_, index_, column, "an integer");
}

bool Row::boolean(std::size_t column) const {
    const std::int64_t value = expect<std::int64_t>(*rows_, index_, column, "a boolean");
    if (value != 0 && value != 1) out_of_range(column);
    return value == 1;
}

double Row::real(std::size_t column) const {
    const Cell& cell = cell_at(*rows_, index_, column);
    if (const auto* integer = std::get_if<std::int64_t>(&cell)) return static_cast<double>(*integer);
    return expect<double>(*rows_, index_, column, "a floating point number");
}

const std::string& Row::text(std::size_t column) const { return expect<std::string>(*rows_, index_, column, "text"); }

const Blob& Row::blob(std::size_t column) const { return expect<Blob>(*rows_, index_, column, "bytes"); }

void Row::out_of_range(std::size_t column) const {
    throw TypeMismatch("column \"" + rows_->columns()[column] + "\": " + std::to_string(integer(column)) +
                       " is out of range");
}

void Rows::unexpected(std::string_view wanted) const {
    throw UnexpectedRowCount("expected " + std::string(wanted) + " row, got " + std::to_string(size()));
}

}  // namespace gatehouse
