#include "gatehouse/storage/errors.hpp"

#include <algorithm>

#include "sdk/storage/text.hpp"

namespace gatehouse {

ConstraintViolation::ConstraintViolation(const std::string& message, ConstraintDetail detail)
    : StorageError(message), detail_(std::move(detail)) {}

bool ConstraintViolation::violates(std::string_view rule) const {
    if (rule.find('.') == std::string_view::npos) return rule == detail_.constraint;
    std::vector<std::string> wanted;
    while (true) {
        const auto comma = rule.find(',');
        std::string_view column = storage::trim(rule.substr(0, comma));
        if (column.starts_with(detail_.table + ".")) column.remove_prefix(detail_.table.size() + 1);
        wanted.emplace_back(column);
        if (comma == std::string_view::npos) break;
        rule.remove_prefix(comma + 1);
    }
    std::vector<std::string> actual = detail_.columns;
    std::ranges::sort(wanted);
    std::ranges::sort(actual);
    return wanted == actual;
}

}  // namespace gatehouse
