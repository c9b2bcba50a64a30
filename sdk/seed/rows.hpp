// Many rows into one table with few statements.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <gatehouse/storage/transaction.hpp>

namespace gatehouse::seed {

// Collects rows and writes them, some hundreds with one statement.
class Rows final {
public:
    // into: "posts (id, title, document)"; casts: a type for each column where PostgreSQL needs one ("tsvector"), else
    // "". What is in the table already is an error, except with on_conflict ("on conflict do nothing").
    Rows(Transaction& tx, std::string into, std::vector<std::string> casts, std::string on_conflict = {});
    Rows(Transaction& tx, std::string into, std::size_t columns) : Rows(tx, std::move(into), blank(columns)) {}
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;

    // REQUIRES: a value for each column; texts are borrowed and outlive flush()
    template <class... Values>
    void add(const Values&... values) {
        (values_.emplace_back(values), ...);
        if (values_.size() == full_) write();
    }
    // Writes what is left.
    void flush();

private:
    static std::vector<std::string> blank(std::size_t columns) { return std::vector<std::string>(columns); }
    [[nodiscard]] std::string statement(std::size_t rows) const;
    void write();

    Transaction& tx_;
    const std::string into_, on_conflict_;
    const std::vector<std::string> casts_;
    const std::size_t full_;  // values of a statement
    const std::string full_statement_;
    std::vector<Parameter> values_;
};

}  // namespace gatehouse::seed
