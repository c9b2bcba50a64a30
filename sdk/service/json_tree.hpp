// The parsed document behind JsonIn: a plain tree that owns its texts.
#pragma once

#include <gatehouse/detail/json_in.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::detail {

inline constexpr std::size_t kJsonDepthMax = 32;
inline constexpr std::size_t kJsonValuesMax =
    100'000;  // a node is some hundred octets: bounds what a small body can cost
inline constexpr std::size_t kFieldErrorsMax = 100;

struct JsonNode {
    enum class Kind { null, boolean, integer, unsigned_integer, number, string, array, object };

    Kind kind = Kind::null;
    bool boolean = false;
    std::int64_t integer = 0;
    std::uint64_t unsigned_integer = 0;  // only when above int64's range
    double number = 0;
    std::string text;                // of a string
    std::string name;                // as a member of an object
    std::vector<JsonNode> children;  // of an array or object; in text mode: the values of a list

    [[nodiscard]] const JsonNode* find(std::string_view member) const;
};

struct JsonTree {
    JsonNode root;
    bool text_mode = false;
    bool query = false;
    UnknownFields unknown = UnknownFields::ignore;
};

// Throws BadRequest.
[[nodiscard]] JsonNode parse_tree(std::string_view text);
[[nodiscard]] JsonNode tree_of(const Pairs& pairs);

}  // namespace gatehouse::detail
