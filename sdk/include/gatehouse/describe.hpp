// One description per struct, used for parsing, serialising, validation and the OpenAPI schema. Found by ADL:
//
//     struct NewPost {
//         std::optional<std::string> title;
//         std::string text;
//         Visibility visibility = Visibility::public_;
//     };
//     constexpr auto describe(NewPost*) {
//         return gatehouse::fields(gatehouse::field("title", &NewPost::title, gatehouse::max_length(200)),
//                                  gatehouse::field("text", &NewPost::text, gatehouse::min_length(1)),
//                                  gatehouse::field("visibility", &NewPost::visibility, gatehouse::optional_default));
//     }
//     constexpr auto describe(Visibility*) {
//         return gatehouse::names<Visibility>({{"public", Visibility::public_}, {"private", Visibility::private_}});
//     }
//
// A field is required unless its type is std::optional or Patch, or it carries optional_default. Members may be bool,
// integers, floating point, std::string, described enums and structs, std::optional, Patch, std::vector,
// std::map<std::string, T>, Time, Date, std::chrono durations ("15m"), RawJson, and wrapped types.
#pragma once

#include <gatehouse/problem.hpp>
#include <gatehouse/rules.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace gatehouse {

// For cross-field checks: adds an error at a field of the struct being checked.
class FieldErrors {
public:
    FieldErrors(std::vector<FieldError>& errors, std::string prefix, bool query)
        : errors_(errors), prefix_(std::move(prefix)), query_(query) {}
    // field: the JSON name; "" = the struct as a whole.
    void add(std::string_view field, std::string detail);

private:
    std::vector<FieldError>& errors_;
    std::string prefix_;
    bool query_;
};

template <class Struct, class Member, class... Checks>
struct Field {
    std::string_view name;
    Member Struct::*member;
    Rules rules;
    std::tuple<Checks...> checks;
};

template <class Struct, class Member, class... Checks>
constexpr Field<Struct, Member, Checks...> field(std::string_view name, Member Struct::*member, Checks... checks) {
    Rules rules;
    (checks.add_to(rules), ...);
    return {name, member, rules, std::tuple<Checks...>(checks...)};
}

struct NoCheck {};

template <class Check, class... Field>
struct Fields {
    std::tuple<Field...> list;
    Check cross_check;

    // check(const Struct&, FieldErrors&), run when every field alone is right. Captureless lambda or function.
    template <class NewCheck>
    constexpr Fields<NewCheck, Field...> check(NewCheck new_check) const {
        return {list, new_check};
    }
};

template <class... Field>
constexpr Fields<NoCheck, Field...> fields(Field... list) {
    return {std::tuple<Field...>(list...), {}};
}

template <class Enum>
struct NamedValue {
    std::string_view name;
    Enum value;
};

template <class Enum, std::size_t N>
struct EnumNames {
    std::array<NamedValue<Enum>, N> list;
};

template <class Enum, std::size_t N>
constexpr EnumNames<Enum, N> names(const NamedValue<Enum> (&list)[N]) {
    EnumNames<Enum, N> result{};
    for (std::size_t i = 0; i < N; ++i) result.list[i] = list[i];
    return result;
}

// A strong type around one value: constexpr auto describe(PostId*) { return wrapped(&PostId::value, minimum(1)); }
template <class Struct, class Member>
struct Wrapped {
    Member Struct::*member;
    Rules rules;
};

template <class Struct, class Member, class... Checks>
constexpr Wrapped<Struct, Member> wrapped(Member Struct::*member, Checks... checks) {
    Rules rules;
    (checks.add_to(rules), ...);
    return {member, rules};
}

// A type with describe(T*) in its own namespace.
template <class T>
concept Described = requires(T* value) {
    describe(value);
};

// A type that is read from text rather than from JSON structure: parse_text(std::string_view, T&) -> bool and
// to_text(const T&) -> std::string in its own namespace. Ids and the like; in JSON it is a string.
template <class T>
concept TextType = requires(std::string_view text, T& value, const T& constant) {
    { parse_text(text, value) } -> std::same_as<bool>;
    { to_text(constant) } -> std::convertible_to<std::string>;
};

}  // namespace gatehouse
