#include "sdk/storage/sqlite/migrator.hpp"

#include <array>

#include "gatehouse/storage/errors.hpp"

namespace gatehouse::storage::sqlite {

void Migrator::commit() {
    const Rows broken = connection_.run("pragma foreign_key_check", {}).rows;
    if (!broken.empty()) {
        throw ForeignKeyViolation(
            "rows of table \"" + broken[0].get<std::string>(0) + "\" refer to rows that do not exist", {});
    }
    connection_.commit();
}

bool Migrator::has_table(std::string_view name) {
    const std::array<Parameter, 1> values = {name};
    return !connection_.run("select 1 from sqlite_schema where type = 'table' and name = $1", values).rows.empty();
}

}  // namespace gatehouse::storage::sqlite
