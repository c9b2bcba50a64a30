// JSON in and out of described types (describe.hpp). Light: the parser itself is in the library.
//
//     const auto post = gatehouse::from_json<NewPost>(text);   // throws BadRequest or Invalid with every bad field
//     std::string text = gatehouse::to_json(post);
#pragma once

#include <gatehouse/describe.hpp>
#include <gatehouse/detail/bindings.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse {

template <class T>
concept Bindable = requires(detail::JsonOut& out, const T& value) {
    detail::Binding<T>::write(out, value);
};

// Reads one document. Depth at most 32; duplicate names, trailing text and invalid UTF-8 are BadRequest (400); a value
// that breaks its description is Invalid (422) with all errors, at most 100. Unknown members are ignored unless told
// otherwise.
template <class T>
[[nodiscard]] T from_json(std::string_view text, UnknownFields unknown = UnknownFields::ignore) {
    const detail::JsonDocument document(text, unknown);
    std::vector<FieldError> errors;
    T value{};
    detail::Binding<T>::read(document.root(errors), value, Rules{});
    if (!errors.empty()) throw Invalid(std::move(errors));
    return value;
}

// Compact; members in the order of the description; UTF-8 is not escaped. Non-finite numbers become null.
template <class T>
[[nodiscard]] std::string to_json(const T& value) {
    detail::JsonOut out;
    detail::Binding<T>::write(out, value);
    return out.take();
}

// Reads a described struct from text pairs (query string, form). Numbers, booleans and enums are parsed from their
// text; a vector takes repeated names or one value with commas. Errors name the parameter (query) or pointer (form).
enum class PairSource { query, form };
template <class T>
[[nodiscard]] T from_pairs(const Pairs& pairs, PairSource source) {
    const detail::JsonDocument document(pairs, source == PairSource::query);
    std::vector<FieldError> errors;
    T value{};
    detail::Binding<T>::read(document.root(errors), value, Rules{});
    if (!errors.empty()) throw Invalid(std::move(errors));
    return value;
}

// The JSON Schema (2020-12) of a type, self-contained: structs go to "$defs".
template <class T>
[[nodiscard]] std::string json_schema() {
    detail::Schemas schemas("#/$defs/");
    std::string root = detail::Binding<T>::schema(schemas);
    return schemas.standalone(std::move(root));
}

}  // namespace gatehouse
