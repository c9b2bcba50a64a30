// Handlers by type: arguments in, response out, both documented. Part of handler.hpp.
#pragma once

#include <gatehouse/detail/operation.hpp>
#include <gatehouse/handler.hpp>
#include <gatehouse/task.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace gatehouse {

class Service;

namespace detail {

struct RouteState;
struct RouteAccess;
struct ContextState;
struct ContextAccess;

// One request on its way through a handler. answer() or stream() is called exactly once.
class Exchange {
public:
    Exchange(const gh_host* host, gh_request* handle, const gh_request_view* view, Service& service)
        : request_(host, view), host_(host), handle_(handle), service_(service) {}

    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    [[nodiscard]] const Request& request() const { return request_; }
    [[nodiscard]] Service& service() const { return service_; }
    [[nodiscard]] gh_request* handle() const { return handle_; }
    void answer(Response response);
    StreamingRequest stream();
    [[nodiscard]] bool is_ended() const { return handle_ == nullptr; }
    std::size_t next_path_param = 0;
    std::shared_ptr<CancelLink> link;  // of a task

private:
    Request request_;
    const gh_host* host_;
    gh_request* handle_;
    Service& service_;
};

struct Handler {
    std::function<void(Exchange&)> run;
    void (*document)(Operation&) = nullptr;
    bool needs_loop = false;  // takes the request itself, whose functions work on its loop only, or is a task
    // Instead of run: the response, or nothing if the handler has ended the request itself.
    std::function<task<std::optional<Response>>(Exchange&)> run_task = {};
};

// ---- arguments: constructed from the exchange in order, then passed on

template <class T>
struct Argument {  // a described type: the JSON body
    static_assert(Bindable<T>,
                  "a handler's parameter must be described (gatehouse/describe.hpp) or one of handler.hpp");
    explicit Argument(Exchange& exchange) : value(exchange.request().template json<T>()) {}
    T& get() { return value; }
    static void document(Operation& operation) { operation.json_body(Binding<T>::schema(operation.request_schemas())); }
    T value;
};
template <>
struct Argument<Request> {
    explicit Argument(Exchange& exchange) : value(exchange.request()) {}
    const Request& get() { return value; }
    static void document(Operation& operation) { operation.may_have_user(); }
    const Request& value;
};
template <>
struct Argument<User> {
    explicit Argument(Exchange& exchange) : value(exchange.request().user()) {}
    const User& get() { return value; }
    static void document(Operation& operation) { operation.needs_user(); }
    const User& value;
};
template <>
struct Argument<const User*> {
    explicit Argument(Exchange& exchange) : value(exchange.request().maybe_user()) {}
    const User* get() { return value; }
    static void document(Operation& operation) { operation.may_have_user(); }
    const User* value;
};
template <>
struct Argument<Body> {
    explicit Argument(Exchange& exchange) : value{exchange.request().body(), exchange.request().content_type()} {}
    const Body& get() { return value; }
    static void document(Operation& operation) { operation.raw_body(); }
    Body value;
};
template <>
struct Argument<StreamingRequest> {
    explicit Argument(Exchange& exchange) : value(exchange.stream()) {}
    StreamingRequest&& get() { return std::move(value); }
    static void document(Operation& operation) {
        if (!operation.is_read()) operation.raw_body();
        operation.may_have_user();
    }
    StreamingRequest value;
};
template <class T>
struct Argument<PathParam<T>> {
    explicit Argument(Exchange& exchange) : value{} {
        if (!parse_value(exchange.request().path_param_at(exchange.next_path_param++), value.value).empty()) {
            throw NotFound();
        }
    }
    const PathParam<T>& get() { return value; }
    static void document(Operation& operation) {
        operation.path_param(Binding<T>::schema(operation.request_schemas()));
    }
    PathParam<T> value;
};
template <class T>
struct Argument<Query<T>> {
    explicit Argument(Exchange& exchange) : value{from_pairs<T>(exchange.request().query_pairs(), PairSource::query)} {}
    const Query<T>& get() { return value; }
    static void document(Operation& operation) {
        std::apply(
            [&](const auto&... field) {
                (operation.query_param(field.name, member_schema(operation, field.member), field.rules,
                                       is_required(field)),
                 ...);
            },
            kDescription<T>.list);
    }
    template <class Owner, class Member>
    static std::string member_schema(Operation& operation, Member Owner::*) {
        return Binding<Member>::schema(operation.request_schemas());
    }
    template <class Owner, class Member, class... Checks>
    static bool is_required(const Field<Owner, Member, Checks...>& field) {
        return !IsMaybe<Member>::value && !field.rules.has_default;
    }
    Query<T> value;
};
template <class T>
struct Argument<Form<T>> {
    explicit Argument(Exchange& exchange) : value{from_pairs<T>(exchange.request().form(), PairSource::form)} {}
    const Form<T>& get() { return value; }
    static void document(Operation& operation) { operation.form_body(Binding<T>::schema(operation.request_schemas())); }
    Form<T> value;
};

// ---- results

template <class T>
struct Result {  // a described type, a vector of them, RawJson
    static_assert(Bindable<T>, "a handler's result must be described (gatehouse/describe.hpp) or one of handler.hpp");
    static Response respond(T&& value, const Request&) { return Response::json(value); }
    static void document(Operation& operation) {
        operation.answer(200, Binding<T>::schema(operation.answer_schemas()));
    }
};
template <>
struct Result<Response> {
    static Response respond(Response&& value, const Request&) { return std::move(value); }
    static void document(Operation& operation) { operation.answer(200, {}); }
};
template <>
struct Result<NoContent> {
    static Response respond(NoContent&&, const Request&) { return Response(204); }
    static void document(Operation& operation) { operation.answer(204, {}); }
};
template <class T>
struct Result<Created<T>> {
    static Response respond(Created<T>&& created, const Request&) {
        return Response::json(created.value, 201).header("location", std::move(created.location));
    }
    static void document(Operation& operation) {
        operation.answer(201, Binding<T>::schema(operation.answer_schemas()));
        operation.sends_field(201, "Location", "where it is");
    }
};
template <class T>
struct Result<Accepted<T>> {
    static Response respond(Accepted<T>&& accepted, const Request&) { return Response::json(accepted.value, 202); }
    static void document(Operation& operation) {
        operation.answer(202, Binding<T>::schema(operation.answer_schemas()));
    }
};
template <class T>
struct Result<Tagged<T>> {
    static Response respond(Tagged<T>&& tagged, const Request& request) {
        const bool is_read = request.method() == "GET" || request.method() == "HEAD";
        if (is_read && request.is_not_modified(tagged.etag)) return Response::not_modified(std::move(tagged.etag));
        return Response::json(tagged.value).header("etag", std::move(tagged.etag));
    }
    static void document(Operation& operation) {
        operation.answer(200, Binding<T>::schema(operation.answer_schemas()));
        operation.sends_field(200, "ETag", "of this state");
        if (!operation.is_read()) return;
        operation.answer(304, {});
        operation.sends_field(304, "ETag", "of this state");
        operation.reads_field("If-None-Match", "entity tags that the client has; 304 if one is current");
    }
};
template <class T>
struct Result<std::optional<T>> {
    static Response respond(std::optional<T>&& value, const Request& request) {
        if (!value) throw NotFound();
        return Result<T>::respond(std::move(*value), request);
    }
    static void document(Operation& operation) {
        Result<T>::document(operation);
        operation.problem(404);
    }
};

// ---- putting a callable together

template <class T>
using ArgumentFor = Argument<std::remove_cvref_t<T>>;

template <class... A>
inline constexpr bool kTakesStream = (std::is_same_v<std::remove_cvref_t<A>, StreamingRequest> || ...);

template <class R, class... A, class Call>
void run_handler(Exchange& exchange, Call&& call) {
    std::tuple<ArgumentFor<A>...> arguments{ArgumentFor<A>(exchange)...};  // braces: left to right
    if constexpr (kTakesStream<A...>) {
        static_assert(std::is_void_v<R>, "a streaming handler returns void or task<>");
        std::apply([&](auto&... argument) { call(argument.get()...); }, arguments);
    } else if constexpr (std::is_void_v<R>) {
        std::apply([&](auto&... argument) { call(argument.get()...); }, arguments);
        exchange.answer(Response(204));
    } else {
        exchange.answer(Result<std::remove_cvref_t<R>>::respond(
            std::apply([&](auto&... argument) -> R { return call(argument.get()...); }, arguments),
            exchange.request()));
    }
}

// A task's parameter is copied into its frame. A reference would dangle at its first co_await, but for the request.
template <class A>
inline constexpr bool kIsTaskParameter = !std::is_reference_v<A> || std::is_same_v<A, const Request&>;

// The arguments live here until they were moved into the frame of the handler's coroutine.
template <class R, class... A, class Call>
R start_task(Exchange& exchange, Call& call) {
    static_assert((kIsTaskParameter<A> && ...),
                  "a task takes its parameters by value: a reference dangles at the first co_await");
    static_assert((!std::is_same_v<std::remove_cvref_t<A>, Body> && ...),
                  "a task reads request.body(): a Body is a view whose owner is the request");
    std::tuple<ArgumentFor<A>...> arguments{ArgumentFor<A>(exchange)...};  // braces: left to right
    return std::apply([&](auto&... argument) -> R { return call(argument.get()...); }, arguments);
}

template <class T>
task<std::optional<Response>> respond_to(Exchange& exchange, task<T> handler, bool ends_itself) {
    if constexpr (std::is_void_v<T>) {
        co_await handler;
        if (ends_itself) co_return std::nullopt;
        co_return Response(204);
    } else {
        T value = co_await handler;
        co_return Result<T>::respond(std::move(value), exchange.request());
    }
}

template <class R, class... A, class Call>
task<std::optional<Response>> run_task_handler(Exchange& exchange, Call&& call) {
    static_assert(!kTakesStream<A...> || std::is_void_v<typename R::value_type>, "a streaming task is a task<>");
    return respond_to(exchange, start_task<R, A...>(exchange, call), kTakesStream<A...>);
}

template <class R>
struct AnswerOf {
    using Type = R;
};
template <class T>
struct AnswerOf<task<T>> {
    using Type = T;
};

template <class Returned, class... A>
void document_handler(Operation& operation) {
    using R = typename AnswerOf<std::remove_cvref_t<Returned>>::Type;
    (ArgumentFor<A>::document(operation), ...);
    if constexpr (kTakesStream<A...>) {
        operation.answer(200, {});
    } else if constexpr (std::is_void_v<R>) {
        operation.answer(204, {});
    } else {
        Result<std::remove_cvref_t<R>>::document(operation);
    }
}

template <class F>
struct Signature : Signature<decltype(&F::operator())> {};
template <class R, class C, class... A>
struct Signature<R (C::*)(A...)> {
    using Class = C;
    static constexpr bool kIsTask = IsTask<R>::value;
    template <class Call>
    static auto run(Exchange& exchange, Call&& call) {
        if constexpr (kIsTask) {
            return run_task_handler<R, A...>(exchange, std::forward<Call>(call));
        } else {
            run_handler<R, A...>(exchange, std::forward<Call>(call));
        }
    }
    static void document(Operation& operation) { document_handler<R, A...>(operation); }
    static constexpr bool kNeedsLoop = kIsTask || kTakesStream<A...>;
};
template <class R, class C, class... A>
struct Signature<R (C::*)(A...) const> : Signature<R (C::*)(A...)> {};
template <class R, class C, class... A>
struct Signature<R (C::*)(A...) noexcept> : Signature<R (C::*)(A...)> {};
template <class R, class C, class... A>
struct Signature<R (C::*)(A...) const noexcept> : Signature<R (C::*)(A...)> {};
template <class R, class... A>
struct Signature<R (*)(A...)> {
    static constexpr bool kIsTask = IsTask<R>::value;
    template <class Call>
    static auto run(Exchange& exchange, Call&& call) {
        if constexpr (kIsTask) {
            return run_task_handler<R, A...>(exchange, std::forward<Call>(call));
        } else {
            run_handler<R, A...>(exchange, std::forward<Call>(call));
        }
    }
    static void document(Operation& operation) { document_handler<R, A...>(operation); }
    static constexpr bool kNeedsLoop = kIsTask || kTakesStream<A...>;
};

template <class S, class Run>
Handler handler_of(Run run) {
    Handler handler;
    if constexpr (S::kIsTask) {
        handler.run_task = std::move(run);
    } else {
        handler.run = std::move(run);
    }
    handler.document = &S::document;
    handler.needs_loop = S::kNeedsLoop;
    return handler;
}

// A member of the service itself, or any callable.
template <class F>
Handler make_handler(F&& handler) {
    using Plain = std::decay_t<F>;
    using S = Signature<Plain>;
    if constexpr (std::is_member_function_pointer_v<Plain>) {
        return handler_of<S>([handler](Exchange& exchange) {
            auto& self = static_cast<typename S::Class&>(exchange.service());
            return S::run(exchange, [&](auto&&... argument) -> decltype(auto) {
                return (self.*handler)(std::forward<decltype(argument)>(argument)...);
            });
        });
    } else {
        return handler_of<S>(
            [handler = Plain(std::forward<F>(handler))](Exchange& exchange) { return S::run(exchange, handler); });
    }
}

// A member of another object, which must outlive the service.
template <class Object, class F>
requires std::is_member_function_pointer_v<std::decay_t<F>> Handler make_handler(Object& object, F handler) {
    using S = Signature<std::decay_t<F>>;
    return handler_of<S>([&object, handler](Exchange& exchange) {
        return S::run(exchange, [&](auto&&... argument) -> decltype(auto) {
            return (object.*handler)(std::forward<decltype(argument)>(argument)...);
        });
    });
}

[[noreturn]] void throw_config_error(const Problem& problem);

template <class Config>
Config parse_config(std::string_view text) {
    try {
        return from_json<Config>(text, UnknownFields::refuse_in_config);
    } catch (const Problem& problem) {
        throw_config_error(problem);
    }
}

template <class Config>
std::string config_schema() {
    Schemas schemas("#/$defs/", true);
    std::string root = Binding<Config>::schema(schemas);
    return schemas.standalone(std::move(root));
}

}  // namespace detail
}  // namespace gatehouse
