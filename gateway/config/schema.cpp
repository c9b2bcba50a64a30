#include "gateway/config/schema.hpp"

namespace gatehouse::config {

const Key* Object::find(std::string_view name) const {
    for (const Key& key : keys) {
        if (key.name == name) return &key;
    }
    return more != nullptr ? more->find(name) : nullptr;
}

std::vector<std::string> Object::names() const {
    std::vector<std::string> result = more != nullptr ? more->names() : std::vector<std::string>{};
    for (const Key& key : keys) {
        if (key.type != Type::later) result.emplace_back(key.name);
    }
    return result;
}

std::vector<std::string> split_choices(std::string_view choices) {
    std::vector<std::string> result;
    while (!choices.empty()) {
        const std::size_t end = choices.find('|');
        result.emplace_back(choices.substr(0, end));
        if (end == std::string_view::npos) break;
        choices.remove_prefix(end + 1);
    }
    return result;
}

}  // namespace gatehouse::config
