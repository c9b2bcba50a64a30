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
    std::map<const void*, std::string> names_;
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
    void add(std::string_view name, std::string schema, const Rules& rules, bool required);
    [[nodiscard]] std::string finish(bool closed) const;

private:
    JsonOut properties_;
    std::vector<std::string> required_;
    bool begun_ = false;
};

}  // namespace gatehouse::detail
