#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/config/model.hpp"

namespace gatehouse::config {

// One value of the file with its place: what the readers work on. Aliases are already replaced by what they name.
struct Node {
    enum class Kind : std::uint8_t { nothing, scalar, list, map };
    struct Entry;

    Kind kind = Kind::nothing;
    bool is_quoted = false;
    std::string text;  // of a scalar
    std::vector<Node> items;
    std::vector<Entry> entries;  // in file order; keys are scalars, without duplicates
    Position position;
    int length = 1;  // columns, for the caret

    bool is_scalar() const { return kind == Kind::scalar; }
    bool is_list() const { return kind == Kind::list; }
    bool is_map() const { return kind == Kind::map; }
    const Node* find(std::string_view key) const;
};

struct Node::Entry {
    Node key;
    Node value;
};

// "a list", "an object", …: for messages.
std::string_view kind_name(const Node& node);

// A bare on, off, yes, no, true, false, null or ~: YAML versions disagree on what they are, so none of them is a string
// unless it is quoted.
bool is_ambiguous_word(const Node& node);

}  // namespace gatehouse::config
