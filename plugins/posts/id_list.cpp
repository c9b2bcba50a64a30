#include "plugins/posts/id_list.hpp"

namespace posts {

std::string id_list(gatehouse::Engine engine, std::span<const std::int64_t> ids) {
    const bool is_postgresql = engine == gatehouse::Engine::postgresql;
    std::string text(1, is_postgresql ? '{' : '[');
    for (const std::int64_t id : ids) {
        if (text.size() > 1) text += ',';
        text += std::to_string(id);
    }
    text += is_postgresql ? '}' : ']';
    return text;
}

std::string in_ids(gatehouse::Engine engine, std::string_view parameter) {
    if (engine == gatehouse::Engine::postgresql) return "= any(" + std::string(parameter) + "::bigint[])";
    return "in (select value from json_each(" + std::string(parameter) + "))";
}

}  // namespace posts
