#include "sdk/seed/rows.hpp"

#include <span>
#include <utility>

namespace gatehouse::seed {

namespace {

constexpr std::size_t kRowsAtOnce = 256;  // 15 columns of it are well below what both engines take

}  // namespace

Rows::Rows(Transaction& tx, std::string into, std::vector<std::string> casts, std::string on_conflict)
    : tx_(tx),
      into_(std::move(into)),
      on_conflict_(std::move(on_conflict)),
      casts_(std::move(casts)),
      full_(kRowsAtOnce * casts_.size()),
      full_statement_(statement(kRowsAtOnce)) {
    values_.reserve(full_);
}

std::string Rows::statement(std::size_t rows) const {
    std::string sql = "insert into " + into_ + " values ";
    std::size_t number = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        sql += row == 0 ? "(" : ", (";
        for (const std::string& cast : casts_) {
            sql += (&cast == &casts_.front() ? "$" : ", $") + std::to_string(++number);
            if (!cast.empty()) sql += "::" + cast;
        }
        sql += ")";
    }
    return on_conflict_.empty() ? sql : sql + " " + on_conflict_;
}

void Rows::write() {
    static_cast<void>(tx_.run(full_statement_, values_));
    values_.clear();
}

// In powers of two, so that few statements are known to the connection however many rows are left.
void Rows::flush() {
    const std::size_t columns = casts_.size();
    std::size_t done = 0;
    for (std::size_t rows = kRowsAtOnce / 2; rows > 0; rows /= 2) {
        while (values_.size() - done >= rows * columns) {
            const std::span<const Parameter> some(values_.data() + done, rows * columns);
            static_cast<void>(tx_.run(statement(rows), some));
            done += rows * columns;
        }
    }
    values_.clear();
}

}  // namespace gatehouse::seed
