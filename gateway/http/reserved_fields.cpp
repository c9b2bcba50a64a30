#include "gateway/http/reserved_fields.hpp"

#include <algorithm>

#include "gateway/base/ascii.hpp"

namespace gatehouse::http {

ReservedFields::ReservedFields(const std::vector<std::string>& names) : folded_(names) {
    for (std::string& name : folded_) {
        std::transform(name.begin(), name.end(), name.begin(), ascii::fold_header_char);
        lengths_ |= length_bit(name.size());
    }
    std::sort(folded_.begin(), folded_.end());
    folded_.erase(std::unique(folded_.begin(), folded_.end()), folded_.end());
}

bool ReservedFields::contains(std::string_view name) const {
    if ((lengths_ & length_bit(name.size())) == 0) return false;
    return std::any_of(folded_.begin(), folded_.end(),
                       [name](const std::string& reserved) { return ascii::header_names_fold_equal(name, reserved); });
}

std::size_t ReservedFields::strip(std::vector<Field>& fields) const {
    return std::erase_if(fields, [this](const Field& field) { return contains(field.name); });
}

}  // namespace gatehouse::http
