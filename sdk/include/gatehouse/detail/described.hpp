// Binding of described types: structs, enums and wrapped values. Part of bindings.hpp.
#pragma once

#include <gatehouse/detail/bindings.hpp>

namespace gatehouse::detail {

template <class T>
inline constexpr auto kDescription = describe(static_cast<T*>(nullptr));

template <class T>
struct KindOf;
template <class Check, class... Field>
struct KindOf<Fields<Check, Field...>> {
    static constexpr int value = 0;
};
template <class Enum, std::size_t N>
struct KindOf<EnumNames<Enum, N>> {
    static constexpr int value = 1;
};
template <class Struct, class Member>
struct KindOf<Wrapped<Struct, Member>> {
    static constexpr int value = 2;
};

template <class T>
struct IsMaybe : std::false_type {};
template <class T>
struct IsMaybe<std::optional<T>> : std::true_type {};
template <class T>
struct IsMaybe<Patch<T>> : std::true_type {};

// Runs satisfies() on a value; others passed their check while it was read.
template <class Check, class T>
bool run_check(const Check&, const JsonIn&, const T&) {
    return true;
}
template <class Predicate, class T>
bool run_check(const rule::Satisfies<Predicate>& check, const JsonIn& in, const T& value) {
    if constexpr (IsMaybe<T>::value) {
        return !value.has_value() || check.predicate(value.value()) || in.fail(std::string(check.detail));
    } else {
        return check.predicate(value) || in.fail(std::string(check.detail));
    }
}

template <class Struct, class Owner, class Member, class... Checks>
void read_field(const JsonIn& object, Struct& out, const Field<Owner, Member, Checks...>& field) {
    if (field.rules.read_only) return;
    const JsonIn in = object.member(field.name);
    Member& target = out.*field.member;
    if (!in.exists()) {
        if (!IsMaybe<Member>::value && !field.rules.has_default) in.fail("is required");
        return;
    }
    if (!Binding<Member>::read(in, target, field.rules)) return;
    std::apply([&](const auto&... check) { static_cast<void>((run_check(check, in, target) && ...)); }, field.checks);
}

template <class Struct, class Owner, class Member, class... Checks>
void write_field(JsonOut& out, const Struct& value, const Field<Owner, Member, Checks...>& field) {
    if (field.rules.write_only) return;
    const Member& member = value.*field.member;
    if constexpr (requires { member.is_absent(); }) {
        if (member.is_absent()) return;
    }
    out.key(field.name);
    Binding<Member>::write(out, member);
}

template <class Struct, class Owner, class Member, class... Checks>
void describe_field(Schemas& schemas, ObjectSchema& object, const Field<Owner, Member, Checks...>& field) {
    constexpr bool may_be_absent = requires(const Member& member) { member.is_absent(); };
    object.add(schemas.direction(), field.name, [&] { return Binding<Member>::schema(schemas); }, field.rules,
               {.in_request = !IsMaybe<Member>::value && !field.rules.has_default, .in_answer = !may_be_absent});
}

template <class T>
inline constexpr char kTypeKey = 0;

template <class T>
requires(Described<T>&& KindOf<std::remove_const_t<decltype(kDescription<T>)>>::value == 0) struct Binding<T> {
    static bool read(const JsonIn& in, T& out, const Rules&) {
        if (!in.enter_object()) return false;
        const std::size_t errors_before = in.error_count();
        constexpr const auto& description = kDescription<T>;
        std::apply(
            [&](const auto&... field) {
                (read_field(in, out, field), ...);
                const std::array<std::string_view, sizeof...(field)> known{field.name...};
                in.refuse_unknown(known.data(), known.size());
            },
            description.list);
        if constexpr (!std::is_same_v<std::remove_cvref_t<decltype(description.cross_check)>, NoCheck>) {
            if (in.error_count() == errors_before) {
                FieldErrors errors(in.errors(), in.pointer(), in.is_query());
                description.cross_check(static_cast<const T&>(out), errors);
            }
        }
        return in.error_count() == errors_before;
    }
    static void write(JsonOut& out, const T& value) {
        out.begin_object();
        std::apply([&](const auto&... field) { (write_field(out, value, field), ...); }, kDescription<T>.list);
        out.end_object();
    }
    static std::string schema(Schemas& schemas) {
        const auto reference = schemas.begin(&kTypeKey<T>, raw_type_name<T>());
        if (reference.is_new) {
            ObjectSchema object;
            std::apply([&](const auto&... field) { (describe_field<T>(schemas, object, field), ...); },
                       kDescription<T>.list);
            schemas.define(reference.name, object.finish(schemas.closed()));
        }
        return reference.schema;
    }
};

template <class T>
requires(Described<T>&& KindOf<std::remove_const_t<decltype(kDescription<T>)>>::value == 1) struct Binding<T> {
    static bool read(const JsonIn& in, T& out, const Rules&) {
        std::string text;
        if (!in.read(text, ValueRules{})) return false;
        std::string expected;
        for (const auto& [name, value] : kDescription<T>.list) {
            if (name == text) {
                out = value;
                return true;
            }
            expected.append(expected.empty() ? "must be one of " : ", ").append(name);
        }
        return in.fail(std::move(expected));
    }
    static void write(JsonOut& out, T value) { out.value(name_of(value)); }
    static std::string_view name_of(T value) {
        for (const auto& [name, known] : kDescription<T>.list) {
            if (known == value) return name;
        }
        return "";
    }
    static std::string schema(Schemas&) {
        std::array<std::string_view, kDescription<T>.list.size()> all{};
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = kDescription<T>.list[i].name;
        return Schemas::string_enum(all.data(), all.size());
    }
};

template <class T>
requires(Described<T>&& KindOf<std::remove_const_t<decltype(kDescription<T>)>>::value == 2) struct Binding<T> {
    using Member = std::remove_cvref_t<decltype(std::declval<T&>().*(kDescription<T>.member))>;
    static bool read(const JsonIn& in, T& out, const Rules&) {
        return Binding<Member>::read(in, out.*(kDescription<T>.member), kDescription<T>.rules);
    }
    static void write(JsonOut& out, const T& value) { Binding<Member>::write(out, value.*(kDescription<T>.member)); }
    static std::string schema(Schemas& schemas) {
        return Schemas::with_rules(Binding<Member>::schema(schemas), kDescription<T>.rules);
    }
};

}  // namespace gatehouse::detail

namespace gatehouse {

// The JSON name of a described enum's value; empty when the description does not list it.
template <class Enum>
requires std::is_enum_v<Enum>
[[nodiscard]] std::string_view name_of(Enum value) { return detail::Binding<Enum>::name_of(value); }
template <class Enum>
requires std::is_enum_v<Enum>
[[nodiscard]] std::optional<Enum> from_name(std::string_view name) {
    for (const auto& [known, value] : detail::kDescription<Enum>.list) {
        if (known == name) return value;
    }
    return std::nullopt;
}

}  // namespace gatehouse
