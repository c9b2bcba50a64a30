// Builds JSON Schema texts; described structs are collected by name and referred to.
#pragma once

#include <gatehouse/detail/json_out.hpp>
#include <gatehouse/rules.hpp>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::detail {

// A type may be described as it is read or as it is written. What is written has all its members, null or not, but for
// those that may be absent (Patch); what is read may lack all that have a default.
enum class Direction { either, request, answer };

class Schemas {
public:
    explicit Schemas(std::string reference_prefix, bool closed = false)
        : prefix_(std::move(reference_prefix)), closed_(closed) {}

    // Registers a struct under a name made from its C++ type. begin() says whether the caller must define() it now;
    // the reference may be used at once, so that recursive types end.
    struct Reference {
        std::string schema;  // {"$ref":"…"}
        std::string name;
        bool is_new;
    };
    Reference begin(const void* type_key, std::string_view type_name);
    void define(const std::string& name, std::string schema);

    [[nodiscard]] Direction direction() const { return direction_; }
    void set_direction(Direction direction) { direction_ = direction; }

    [[nodiscard]] bool closed() const { return closed_; }  // "additionalProperties": false
    [[nodiscard]] const std::map<std::string, std::string>& definitions() const { return definitions_; }
    // root with "$schema" and "$defs" added.
    [[nodiscard]] std::string standalone(std::string root) const;

    // Both take and return one schema object as text.
    static std::string with_rules(std::string schema, const Rules& rules);
    static std::string nullable(std::string schema);
    static std::string string_enum(const std::string_view* names, std::size_t count);

private:
    std::string prefix_;
    bool closed_;
    Direction direction_ = Direction::either;
    std::map<std::pair<const void*, Direction>, std::string> names_;
    std::map<std::string, std::string> definitions_;
};

// "posts::NewPost" -> "NewPost"; "gatehouse::Page<posts::Post>" -> "PagePost".
template <class T>
std::string_view raw_type_name() {
    return __PRETTY_FUNCTION__;
}
std::string short_type_name(std::string_view pretty_function);

// Writes the members of one object schema.
class ObjectSchema {
public:
    // schema is called unless the direction leaves the field out. Present: it is always written.
    struct Presence {
        bool in_request, in_answer;
    };
    template <class Schema>
    void add(Direction direction, std::string_view name, Schema schema, const Rules& rules, Presence presence) {
        if (direction == Direction::request && rules.read_only) return;
        if (direction == Direction::answer && rules.write_only) return;
        add(name, schema(), rules, direction == Direction::answer ? presence.in_answer : presence.in_request);
    }
    void add(std::string_view name, std::string schema, const Rules& rules, bool required);
    [[nodiscard]] std::string finish(bool closed) const;

private:
    JsonOut properties_;
    std::vector<std::string> required_;
    bool begun_ = false;
};

}  // namespace gatehouse::detail
