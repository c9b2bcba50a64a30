// The answer to a query: complete, in memory, independent of the transaction that made it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "gatehouse/storage/errors.hpp"
#include "gatehouse/storage/parameter.hpp"

namespace gatehouse {

using Cell = std::variant<std::monostate, std::int64_t, double, std::string, Blob>;

class Rows;

namespace detail {
template <class T>
struct OptionalValue : std::false_type {};
template <class T>
struct OptionalValue<std::optional<T>> : std::true_type {
    using type = T;
};
}  // namespace detail

// One row of a Rows object, which must outlive it.
class Row {
public:
    Row(const Rows& rows, std::size_t index) : rows_(&rows), index_(index) {}

    // T: an integer type, bool, double, std::string, std::string_view (lives as long as the Rows), Blob, or
    // std::optional of these. Integers read as bool (0, 1) and as double; nothing else is converted. Throws
    // TypeMismatch, and std::out_of_range for a column that does not exist.
    template <class T>
    T get(std::size_t column) const;
    template <class T>
    T get(std::string_view column) const {
        return get<T>(find(column));
    }

    [[nodiscard]] bool is_null(std::size_t column) const;
    [[nodiscard]] std::size_t size() const noexcept;

private:
    std::size_t find(std::string_view column) const;
    std::int64_t integer(std::size_t column) const;
    bool boolean(std::size_t column) const;
    double real(std::size_t column) const;
    const std::string& text(std::size_t column) const;
    const Blob& blob(std::size_t column) const;
    [[noreturn]] void out_of_range(std::size_t column) const;

    const Rows* rows_;
    std::size_t index_;
};

class Rows {
public:
    class Iterator {
    public:
        Iterator(const Rows& rows, std::size_t index) : rows_(&rows), index_(index) {}
        Row operator*() const { return Row(*rows_, index_); }
        Iterator& operator++() {
            ++index_;
            return *this;
        }
        bool operator==(const Iterator& other) const { return index_ == other.index_; }

    private:
        const Rows* rows_;
        std::size_t index_;
    };

    using Columns = std::vector<std::string>;

    Rows() : Rows(Columns(), {}) {}
    // REQUIRES: cells.size() is a multiple of columns.size(); row after row.
    Rows(Columns columns, std::vector<Cell> cells)
        : Rows(std::make_shared<const Columns>(std::move(columns)), std::move(cells)) {}
    // Answers of the same statement may share the names. REQUIRES: columns is not null.
    Rows(std::shared_ptr<const Columns> columns, std::vector<Cell> cells)
        : columns_(std::move(columns)), cells_(std::move(cells)) {}

    [[nodiscard]] std::size_t size() const noexcept { return columns_->empty() ? 0 : cells_.size() / columns_->size(); }
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }
    [[nodiscard]] const Columns& columns() const noexcept { return *columns_; }
    Iterator begin() const { return Iterator(*this, 0); }
    Iterator end() const { return Iterator(*this, size()); }
    Row operator[](std::size_t index) const { return Row(*this, index); }
    const Cell& cell(std::size_t row, std::size_t column) const { return cells_.at(row * columns_->size() + column); }

    // `map` makes a T of a `const Row&`; without it T is read from the first column.
    // one: exactly one row, else UnexpectedRowCount. maybe: none or one. all: as many as there are.
    template <class T, class Map>
    T one(Map&& map) const {
        if (size() != 1) unexpected("exactly one");
        return std::invoke(map, Row(*this, 0));
    }
    template <class T, class Map>
    std::optional<T> maybe(Map&& map) const {
        if (size() > 1) unexpected("at most one");
        if (empty()) return std::nullopt;
        return std::optional<T>(std::invoke(map, Row(*this, 0)));
    }
    template <class T, class Map>
    std::vector<T> all(Map&& map) const {
        std::vector<T> result;
        result.reserve(size());
        for (const Row row : *this) result.push_back(std::invoke(map, row));
        return result;
    }
    template <class T>
    T one() const {
        return one<T>(&first<T>);
    }
    template <class T>
    std::optional<T> maybe() const {
        return maybe<T>(&first<T>);
    }
    template <class T>
    std::vector<T> all() const {
        return all<T>(&first<T>);
    }

private:
    template <class T>
    static T first(const Row& row) {
        return row.get<T>(std::size_t{0});
    }
    [[noreturn]] void unexpected(std::string_view wanted) const;

    std::shared_ptr<const Columns> columns_;
    std::vector<Cell> cells_;
};

template <class T>
T Row::get(std::size_t column) const {
    if constexpr (detail::OptionalValue<T>::value) {
        if (is_null(column)) return std::nullopt;
        return get<typename detail::OptionalValue<T>::type>(column);
    } else if constexpr (std::is_same_v<T, bool>) {
        return boolean(column);
    } else if constexpr (StorageInteger<T>) {
        const std::int64_t value = integer(column);
        if (!std::in_range<T>(value)) out_of_range(column);
        return static_cast<T>(value);
    } else if constexpr (std::is_same_v<T, double>) {
        return real(column);
    } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>) {
        return text(column);
    } else {
        static_assert(std::is_same_v<T, Blob>, "Row::get: not a type that a column can hold");
        return blob(column);
    }
}

}  // namespace gatehouse
