// Operator's commands by type: arguments from JSON, the answer to JSON. Part of context.hpp.
#pragma once

#include <gatehouse/binding.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace gatehouse {

class Service;

namespace detail {

struct AdminCommand {
    std::string name, summary;
    std::string arguments_schema;  // JSON Schema; empty = takes none
    std::function<std::string(Service&, std::string_view arguments)> run;
};

template <class R, class Call>
std::string answer_command(Call&& call) {
    if constexpr (std::is_void_v<R>) {
        call();
        return "{}";
    } else {
        static_assert(Bindable<std::remove_cvref_t<R>>, "a command's result must be described, RawJson or void");
        return to_json(call());
    }
}

template <class Arguments>
struct CommandShape;
template <class R>
struct CommandShape<R()> {
    static std::string schema() { return {}; }
    template <class Call>
    static std::string run(std::string_view, Call&& call) {
        return answer_command<R>(call);
    }
};
template <class R, class A>
struct CommandShape<R(A)> {
    using Arguments = std::remove_cvref_t<A>;
    static_assert(Bindable<Arguments>, "a command's parameter must be a described struct");
    static std::string schema() {
        Schemas schemas("#/$defs/", true);
        std::string root = Binding<Arguments>::schema(schemas);
        return schemas.standalone(std::move(root));
    }
    template <class Call>
    static std::string run(std::string_view text, Call&& call) {
        const auto arguments = from_json<Arguments>(text, UnknownFields::refuse);
        return answer_command<R>([&]() -> R { return call(arguments); });
    }
};

template <class F>
struct CommandSignature : CommandSignature<decltype(&F::operator())> {};
template <class R, class C, class... A>
struct CommandSignature<R (C::*)(A...)> {
    using Class = C;
    using Shape = CommandShape<R(A...)>;
};
template <class R, class C, class... A>
struct CommandSignature<R (C::*)(A...) const> : CommandSignature<R (C::*)(A...)> {};
template <class R, class... A>
struct CommandSignature<R (*)(A...)> {
    using Shape = CommandShape<R(A...)>;
};

// A member of the service itself, or any callable.
template <class F>
AdminCommand make_command(F&& handler) {
    using Plain = std::decay_t<F>;
    using Signature = CommandSignature<Plain>;
    using Shape = typename Signature::Shape;
    AdminCommand command;
    command.arguments_schema = Shape::schema();
    if constexpr (std::is_member_function_pointer_v<Plain>) {
        command.run = [handler](Service& service, std::string_view arguments) {
            auto& self = static_cast<typename Signature::Class&>(service);
            return Shape::run(arguments,
                              [&](const auto&... argument) -> decltype(auto) { return (self.*handler)(argument...); });
        };
    } else {
        // Shared, so that a callable that cannot be copied will do.
        command.run = [kept = std::make_shared<Plain>(std::forward<F>(handler))](Service&, std::string_view arguments) {
            return Shape::run(arguments,
                              [&](const auto&... argument) -> decltype(auto) { return (*kept)(argument...); });
        };
    }
    return command;
}

// A member of another object, which must outlive the service.
template <class Object, class F>
requires std::is_member_function_pointer_v<std::decay_t<F>> AdminCommand make_command(Object& object, F handler) {
    using Shape = typename CommandSignature<std::decay_t<F>>::Shape;
    AdminCommand command;
    command.arguments_schema = Shape::schema();
    command.run = [&object, handler](Service&, std::string_view arguments) {
        return Shape::run(arguments,
                          [&](const auto&... argument) -> decltype(auto) { return (object.*handler)(argument...); });
    };
    return command;
}

}  // namespace detail
}  // namespace gatehouse
