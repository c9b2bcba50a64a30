#include "sdk/service/pattern.hpp"

#include "sdk/service/text.hpp"

namespace gatehouse::detail {

namespace {

struct Brace {
    std::size_t open, close;  // npos: no more
};

Brace next_brace(std::string_view pattern, std::size_t from) {
    const std::size_t open = pattern.find('{', from);
    if (open == std::string_view::npos) return {open, open};
    return {open, pattern.find('}', open)};
}

Capture parse_capture(std::string_view inside) {
    const std::size_t colon = inside.find(':');
    std::string_view name = inside.substr(0, colon);
    if (!name.empty() && name.back() == '*') name.remove_suffix(1);
    return {name, colon != std::string_view::npos && inside.substr(colon + 1) == "int"};
}

}  // namespace

std::vector<Capture> captures_of(std::string_view pattern) {
    std::vector<Capture> captures;
    for (Brace brace = next_brace(pattern, 0); brace.close != std::string_view::npos;
         brace = next_brace(pattern, brace.close)) {
        captures.push_back(parse_capture(pattern.substr(brace.open + 1, brace.close - brace.open - 1)));
    }
    return captures;
}

std::string openapi_path(std::string_view pattern) {
    std::string out;
    std::size_t from = 0;
    for (Brace brace = next_brace(pattern, 0); brace.close != std::string_view::npos;
         brace = next_brace(pattern, brace.close)) {
        out += pattern.substr(from, brace.open + 1 - from);
        out += parse_capture(pattern.substr(brace.open + 1, brace.close - brace.open - 1)).name;
        from = brace.close;
    }
    out += pattern.substr(from);
    return out;
}

std::string default_operation_id(std::string_view method, std::string_view pattern) {
    std::string id = to_lower(method);
    bool at_word = false;
    for (const char c : openapi_path(pattern)) {
        const bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (is_word && !at_word) id += '_';
        if (is_word) id += c;
        at_word = is_word;
    }
    return id;
}

}  // namespace gatehouse::detail
