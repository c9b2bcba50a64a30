// Validation rules for the fields of a described struct; see describe.hpp. Rules end up in the OpenAPI schema as well.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>

namespace gatehouse {

enum class Format { none, email, date, date_time, uri, uuid };

// What holds for one value. Lengths of strings are counted in Unicode code points.
struct ValueRules {
    std::size_t min_length = 0;
    std::size_t max_length = std::numeric_limits<std::size_t>::max();
    double minimum = -std::numeric_limits<double>::infinity();
    double maximum = std::numeric_limits<double>::infinity();
    std::int64_t minimum_integer = std::numeric_limits<std::int64_t>::min();
    std::int64_t maximum_integer = std::numeric_limits<std::int64_t>::max();
    Format format = Format::none;
};

struct Rules : ValueRules {
    std::size_t min_items = 0;
    std::size_t max_items = std::numeric_limits<std::size_t>::max();
    ValueRules item;
    bool has_default = false;  // may be absent: the member then keeps its initial value
    bool refuses_null = false;
    bool read_only = false;   // sent, never read
    bool write_only = false;  // read, never sent
    std::string_view description;
    std::string_view demand;   // of satisfies(), in words
    std::string_view example;  // text
};

// The rules, to be listed after a field's member. Each is a small value that adds itself to Rules.
namespace rule {

struct MinLength {
    std::size_t count;
    constexpr void add_to(ValueRules& rules) const { rules.min_length = count; }
};
struct MaxLength {
    std::size_t count;
    constexpr void add_to(ValueRules& rules) const { rules.max_length = count; }
};
struct MinItems {
    std::size_t count;
    constexpr void add_to(Rules& rules) const { rules.min_items = count; }
};
struct MaxItems {
    std::size_t count;
    constexpr void add_to(Rules& rules) const { rules.max_items = count; }
};
template <class Number>
struct Minimum {
    Number bound;
    constexpr void add_to(ValueRules& rules) const {
        if constexpr (std::is_integral_v<Number>) {
            rules.minimum_integer = static_cast<std::int64_t>(bound);
        } else {
            rules.minimum = bound;
        }
    }
};
template <class Number>
struct Maximum {
    Number bound;
    constexpr void add_to(ValueRules& rules) const {
        if constexpr (std::is_integral_v<Number>) {
            rules.maximum_integer = static_cast<std::int64_t>(bound);
        } else {
            rules.maximum = bound;
        }
    }
};
struct HasFormat {
    Format format;
    constexpr void add_to(ValueRules& rules) const { rules.format = format; }
};
struct Flag {
    bool Rules::*member;
    constexpr void add_to(Rules& rules) const { rules.*member = true; }
};
struct Description {
    std::string_view text;
    constexpr void add_to(Rules& rules) const { rules.description = text; }
};
struct Example {
    std::string_view text;
    constexpr void add_to(Rules& rules) const { rules.example = text; }
};
template <class... Rule>
struct Each {
    ValueRules item;
    constexpr void add_to(Rules& rules) const { rules.item = item; }
};
template <class Predicate>
struct Satisfies {
    Predicate predicate;
    std::string_view detail;
    constexpr void add_to(ValueRules&) const {}
    constexpr void add_to(Rules& rules) const { rules.demand = detail; }
};

}  // namespace rule

constexpr rule::MinLength min_length(std::size_t code_points) { return {code_points}; }
constexpr rule::MaxLength max_length(std::size_t code_points) { return {code_points}; }
constexpr rule::MinItems min_items(std::size_t count) { return {count}; }
constexpr rule::MaxItems max_items(std::size_t count) { return {count}; }
template <class Number>
constexpr rule::Minimum<Number> minimum(Number bound) {
    return {bound};
}
template <class Number>
constexpr rule::Maximum<Number> maximum(Number bound) {
    return {bound};
}

inline constexpr rule::HasFormat email{Format::email};
inline constexpr rule::HasFormat date{Format::date};
inline constexpr rule::HasFormat date_time{Format::date_time};
inline constexpr rule::HasFormat uri{Format::uri};
inline constexpr rule::HasFormat uuid{Format::uuid};

// May be absent; the member then keeps the value from its initialiser. (std::optional and Patch members always may.)
inline constexpr rule::Flag optional_default{&Rules::has_default};
// For std::optional and Patch members: null is refused.
inline constexpr rule::Flag not_null{&Rules::refuses_null};
inline constexpr rule::Flag read_only{&Rules::read_only};    // ignored in a request
inline constexpr rule::Flag write_only{&Rules::write_only};  // never sent: passwords, codes

constexpr rule::Description description(std::string_view text) { return {text}; }
// For the document: a value as text, which meets the rules.
constexpr rule::Example example(std::string_view text) { return {text}; }

// Value rules for every element of a vector: each(max_length(40)).
template <class... Rule>
constexpr rule::Each<Rule...> each(Rule... rules) {
    ValueRules item;
    (rules.add_to(item), ...);
    return {item};
}

// predicate(const T&) -> bool on the value (of an optional: on what it holds); detail is shown when it is false.
// Runs only after the built-in rules passed. The document has detail in the field's description.
template <class Predicate>
constexpr rule::Satisfies<Predicate> satisfies(Predicate predicate, std::string_view detail) {
    return {std::move(predicate), detail};
}

}  // namespace gatehouse
