#include "gateway/http/message.hpp"

namespace gatehouse::http {

const Field* find_field(const std::vector<Field>& fields, std::string_view name) {
    for (const Field& field : fields) {
        if (field.name == name) return &field;
    }
    return nullptr;
}

}  // namespace gatehouse::http
