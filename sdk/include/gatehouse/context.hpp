// What a service gets from its host. Lives as long as the service, so that a service may keep the reference. Routes,
// metrics and exception mappings are declared in the service's constructor; the rest may be used from any thread.
#pragma once

#include <gatehouse/abi.h>
#include <gatehouse/call.hpp>
#include <gatehouse/detail/admin_commands.hpp>
#include <gatehouse/handler.hpp>
#include <gatehouse/http.hpp>
#include <gatehouse/job.hpp>
#include <gatehouse/kv.hpp>
#include <gatehouse/literals.hpp>
#include <gatehouse/log.hpp>
#include <gatehouse/time.hpp>
#include <gatehouse/trace.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse {

// One row of the route table. Anonymous callers are let in unless a row says otherwise; handlers run on the service's
// workers, where they may block.
class Route {
public:
    Route& requires_user();                       // 401 for anonymous callers
    Route& requires_role(std::string_view role);  // 403 without it; several calls = any one of them; implies a user
    Route& internal();                            // only for calls from other services
    Route& on_loop();                             // runs on the event loop: must not block
    Route& stream_in();                           // called before the body arrived; take a StreamingRequest
    Route& max_body(std::uint64_t bytes);
    Route& timeout(std::chrono::milliseconds timeout);
    Route& max_in_flight(std::uint32_t requests);
    // For the OpenAPI document.
    Route& operation(std::string_view id);  // default: method and path, "get_api_posts_id"
    Route& summary(std::string_view text);
    Route& tag(std::string_view name);                                  // default: the plugin's id
    Route& hidden();                                                    // not in the document
    Route& param(std::string_view name, std::string_view description);  // a capture or query parameter
    // What the types of the handler do not tell, for one that takes the request itself or returns a Response. The first
    // takes() and the first gives() replace what was told by the types.
    Route& takes(std::string_view media_type, std::string_view json_schema = {});  // the body; several = a choice
    Route& gives(int status, std::string_view media_type, std::string_view json_schema = {});
    Route& gives(int status);  // without a body
    template <class T>
    Route& gives(int status, std::string_view media_type = "application/json") {
        return note([status, type = std::string(media_type)](detail::Operation& operation) {
            operation.gives(status, type, detail::Binding<T>::schema(operation.answer_schemas()));
        });
    }
    template <class T>
    Route& takes() {  // a JSON body, which may be absent
        return note([](detail::Operation& operation) {
            operation.json_body(detail::Binding<T>::schema(operation.request_schemas()));
            operation.body_is_optional();
        });
    }
    template <class T>
    Route& takes_form() {
        return note([](detail::Operation& operation) {
            operation.form_body(detail::Binding<T>::schema(operation.request_schemas()));
        });
    }
    Route& refuses(std::initializer_list<int> statuses);
    Route& reads_field(std::string_view name, std::string_view description);              // of the request: "Range"
    Route& sends_field(int status, std::string_view name, std::string_view description);  // always there
    Route& checks_match();  // calls request.check_match(): If-Match, 412
    Route& checks_token();  // asks for a bearer token by itself: 401 without a good one

private:
    friend class Context;
    friend struct detail::RouteAccess;
    explicit Route(detail::RouteState* state) : state_(state) {}
    Route& note(std::function<void(detail::Operation&)> note);
    detail::RouteState* state_;
};

class Context {
public:
    explicit Context(const gh_host* host, std::string_view plugin_id, std::string_view config_json);
    ~Context();
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    // context.get("/api/posts/{id}", &Posts::show);               a member of the service itself
    // context.get("/api/posts/{id}", handlers_, &Handlers::show);  of an object that lives as long as the service
    // context.get("/api/ping", [] { return Pong{}; });             any callable
    template <class... Handler>
    Route& get(std::string_view pattern, Handler&&... handler) {
        return route("GET", pattern, detail::make_handler(std::forward<Handler>(handler)...));
    }
    template <class... Handler>
    Route& post(std::string_view pattern, Handler&&... handler) {
        return route("POST", pattern, detail::make_handler(std::forward<Handler>(handler)...));
    }
    template <class... Handler>
    Route& put(std::string_view pattern, Handler&&... handler) {
        return route("PUT", pattern, detail::make_handler(std::forward<Handler>(handler)...));
    }
    template <class... Handler>
    Route& patch(std::string_view pattern, Handler&&... handler) {
        return route("PATCH", pattern, detail::make_handler(std::forward<Handler>(handler)...));
    }
    template <class... Handler>
    Route& del(std::string_view pattern, Handler&&... handler) {
        return route("DELETE", pattern, detail::make_handler(std::forward<Handler>(handler)...));
    }
    Route& route(std::string_view method, std::string_view pattern, detail::Handler handler);

    // A command for the operator of the service, behind the admin API and `gatehouse`, never behind a route. The
    // handler is like that of a route (a member of the service, of another object, or any callable), takes nothing or a
    // described struct, and returns void, a described type or RawJson. It runs on a worker, beside others, for at most
    // 30 s; it throws a Problem to refuse. name: "events.redrive". context.admin_command("events.redrive", "Sends dead
    // events again", &Orders::redrive);
    template <class... Handler>
    void admin_command(std::string_view name, std::string_view summary, Handler&&... handler) {
        add_command(name, summary, detail::make_command(std::forward<Handler>(handler)...));
    }

    // Durable events of that type, from any service: handler(Transaction& tx, const Event& event, const Payload&
    // payload) is a member of the service, of another object, or any callable. Needs <gatehouse/events.hpp> and,
    // declared before this call, the service's gatehouse::Events.
    template <class... Handler>
    void on(std::string_view type, Handler&&... handler);

    // The configuration as a described struct; unknown keys and bad values throw ConfigError, which fails create() with
    // all of them named. A service with a nested type Config gets it in its constructor and exports its schema.
    template <class Config>
    [[nodiscard]] Config config() const {
        return detail::parse_config<Config>(config_text());
    }
    [[nodiscard]] std::string_view config_text() const;
    [[nodiscard]] std::string_view plugin_id() const;

    [[nodiscard]] const Log& log() const;
    [[nodiscard]] Metric counter(std::string_view name, std::string_view help,
                                 std::initializer_list<std::string_view> labels = {});
    [[nodiscard]] Metric gauge(std::string_view name, std::string_view help,
                               std::initializer_list<std::string_view> labels = {});
    // buckets: ascending upper bounds.
    [[nodiscard]] Metric histogram(std::string_view name, std::string_view help, std::string_view unit,
                                   std::initializer_list<double> buckets,
                                   std::initializer_list<std::string_view> labels = {});

    // Blocks; for worker threads only (logic_error on the loop). Throws CallFailed when there is no answer.
    [[nodiscard]] CallResponse call(std::string_view service, const CallRequest& request) const;

    // The same without blocking, for tasks; and to URLs that the operator has allowed.
    [[nodiscard]] Http http() const;

    // A span below the request's, or below another one (its trace_parent()).
    [[nodiscard]] Span span(std::string_view name, const Request& request, SpanKind kind = SpanKind::internal) const;
    [[nodiscard]] Span span(std::string_view name, std::string_view parent, SpanKind kind = SpanKind::internal) const;

    // Values that outlive this generation.
    [[nodiscard]] Kv kv() const;

    // Work on a schedule, alone in the whole system; see job.hpp.
    // context.every("cleanup", 1h, &Posts::clean_up);                 a member of the service itself
    // context.every("cleanup", 1h, repository_, &Repository::purge);  of an object that lives as long as the service
    template <class... Callable>
    Job& every(std::string_view name, std::chrono::milliseconds interval, Callable&&... callable) {
        return add_job(name, interval, detail::make_job(std::forward<Callable>(callable)...));
    }

    [[nodiscard]] Instant now() const;     // monotonic
    [[nodiscard]] Time wall_time() const;  // UTC; fake in tests

    // Turns an exception type of a library into a problem, once for all handlers; tried in order of declaration.
    // context.map_exception<storage::Busy>([](const storage::Busy&) { return ServiceUnavailable(); });
    template <class Exception, class Map>
    void map_exception(Map map) {
        add_mapper([map](const std::exception_ptr& error) -> std::optional<Problem> {
            try {
                std::rethrow_exception(error);
            } catch (const Exception& exception) {
                return map(exception);
            } catch (...) {
                return std::nullopt;
            }
        });
    }

    // What a handler that threw this would have answered, logged as it would have been: for those who end their request
    // themselves (StreamingRequest).
    [[nodiscard]] Problem problem_of(const std::exception_ptr& error) const;

    [[nodiscard]] const gh_host* host() const;

private:
    friend struct detail::ContextAccess;
    using Mapper = std::function<std::optional<Problem>(const std::exception_ptr&)>;
    void add_mapper(Mapper mapper);
    Job& add_job(std::string_view name, std::chrono::milliseconds interval, detail::JobFunction function);
    void add_command(std::string_view name, std::string_view summary, detail::AdminCommand command);

    std::unique_ptr<detail::ContextState> state_;
};

// The configuration breaks its description; what() lists every error.
class ConfigError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace gatehouse
