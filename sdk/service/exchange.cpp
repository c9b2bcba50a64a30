// The exception seal around handlers.
#include <gatehouse/handler.hpp>

#include <algorithm>
#include <stdexcept>

#include "sdk/service/cancel_link.hpp"
#include "sdk/service/context_state.hpp"
#include "sdk/service/home_wait.hpp"
#include "sdk/service/reply.hpp"
#include "sdk/service/views.hpp"

namespace gatehouse::detail {

namespace {

// The host did not take the answer; the request is still open.
class ReplyRefused : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

Problem internal_error() { return {500, "Internal Server Error"}; }

void log_failure(const ContextState& context, const RouteState& route, const Exchange& exchange, const char* what) {
    const std::string_view id = exchange.is_ended() ? "" : exchange.request().id();
    context.log.error("a handler failed",
                      {{"method", route.method}, {"route", route.pattern}, {"request_id", id}, {"error", what}});
}

}  // namespace

Problem problem_of(const ContextState& context, const std::exception_ptr& error, const Report& report) {
    try {
        std::rethrow_exception(error);
    } catch (const Problem& problem) {
        return problem;
    } catch (const Canceled&) {  // not a failure; the client is gone, or may try the next generation
        return ServiceUnavailable();
    } catch (...) {
        for (const auto& mapper : context.mappers) {
            if (auto problem = mapper(error)) return *problem;
        }
    }
    try {
        std::rethrow_exception(error);
    } catch (const CallFailed& failure) {
        report(failure.what());
        return ServiceUnavailable();
    } catch (const std::exception& failure) {
        report(failure.what());
    } catch (...) {
        report("an exception that is no std::exception");
    }
    return internal_error();
}

namespace {

// When even an error answer cannot be built: constant bytes, no allocation.
void answer_from_nothing(const gh_host* host, gh_request* handle) noexcept {
    static constexpr std::string_view kType = "content-type";
    static constexpr std::string_view kJson = "application/problem+json";
    static constexpr std::string_view kBody = R"({"type":"about:blank","title":"Internal Server Error","status":500})";
    const gh_kv header{to_str(kType), to_str(kJson)};
    gh_response reply{};
    reply.size = sizeof(reply);
    reply.code = 500;
    reply.headers = &header;
    reply.n_headers = 1;
    reply.body = {reinterpret_cast<const std::uint8_t*>(kBody.data()), kBody.size(), nullptr, nullptr};
    if (host->http->reply(handle, &reply) != GH_OK) host->http->abort(handle, nullptr);
}

}  // namespace

namespace {

// What one user is shown is nobody else's: shared caches keep nothing of it, and browsers ask again (RFC 9111 section
// 5.2.2). A handler's own word stands.
void keep_from_others(Response& response, const gh_request_view& view) {
    const bool is_told =
        std::ranges::any_of(response.headers(), [](const Header& field) { return field.name == "cache-control"; });
    if (view.identity != nullptr && !is_told) response.header("cache-control", "private, no-cache");
}

}  // namespace

void Exchange::answer(Response response) {
    if (is_ended()) throw std::logic_error("the request is answered already");
    keep_from_others(response, request_.view());
    const ReplyView reply(response);
    const gh_status status = host_->http->reply(handle_, reply.get());
    if (status < 0) throw ReplyRefused("the host refused the answer with status " + std::to_string(status));
    handle_ = nullptr;
}

StreamingRequest Exchange::stream() {
    if (is_ended()) throw std::logic_error("the request is answered already");
    StreamingRequest taken(host_, handle_, &request_.view());
    taken.link_ = link;
    handle_ = nullptr;
    return taken;
}

namespace {

// REQUIRES: called while an exception is being handled.
void answer_failure(const ContextState& context, const RouteState& route, Exchange& exchange) noexcept {
    try {
        const auto report = [&](const char* what) { log_failure(context, route, exchange, what); };
        const Problem problem = problem_of(context, std::current_exception(), report);
        if (!exchange.is_ended()) exchange.answer(to_response(problem, exchange.request().id()));
    } catch (...) {  // out of memory, or the host refuses this answer too
        if (!exchange.is_ended()) answer_from_nothing(context.host, exchange.handle());
    }
}

// A request whose handler is a coroutine.
struct TaskCall {
    TaskCall(const ContextState& its_context, const RouteState& its_route, gh_request* request,
             const gh_request_view* view)
        : context(its_context),
          route(its_route),
          exchange(context.host, request, view, *context.service),
          scope(context.host) {
        exchange.link = std::make_shared<CancelLink>();
        exchange.link->scope = &scope;
    }
    ~TaskCall() { exchange.link->scope = nullptr; }  // the request itself may live on, as a stream
    TaskCall(const TaskCall&) = delete;
    TaskCall& operator=(const TaskCall&) = delete;
    const ContextState& context;
    const RouteState& route;
    Exchange exchange;
    Scope scope;
};

// Runs while the request is open, on its loop.
void on_canceled(void* context, gh_status status, const gh_error*) noexcept {
    const auto link = static_cast<CancelLink*>(context)->shared_from_this();
    link->was_canceled = true;
    const auto also = std::exchange(link->also, nullptr);
    if (link->scope != nullptr) link->scope->cancel(status < 0 ? status : static_cast<gh_status>(GH_E_CANCELED));
    try {
        if (also) also(status);
    } catch (...) {  // nobody could answer for it
    }
}

// The answer is given on the request's loop: there it does not race with on_canceled().
Detached serve(Scope&, std::unique_ptr<TaskCall> call) {
    Exchange& exchange = call->exchange;
    const gh_host* const host = call->context.host;
    gh_loop* const home = host->http->loop(exchange.handle());
    std::optional<Response> response;
    std::exception_ptr failure;
    try {
        if (host->http->on_cancel(exchange.handle(), &on_canceled, exchange.link.get()) == GH_E_CANCELED) {
            call->scope.cancel(GH_E_CANCELED);
        }
        task<std::optional<Response>> handler = call->route.handler.run_task(exchange);
        response = co_await handler;
    } catch (...) {
        failure = std::current_exception();
    }
    if (host->loop_here(host) != home) {
        HomeWait way_home(home);
        co_await way_home;
    }
    try {
        if (failure) std::rethrow_exception(failure);
        if (response) exchange.answer(std::move(*response));
    } catch (...) {
        answer_failure(call->context, call->route, exchange);
    }
}

}  // namespace

void handle_route(void* self, gh_request* request, const gh_request_view* view) noexcept {
    const RouteState& route = *static_cast<const RouteState*>(self);
    const ContextState& context = *route.context;
    if (route.handler.run_task) {
        try {
            auto call = std::make_unique<TaskCall>(context, route, request, view);
            Scope& scope = call->scope;
            serve(scope, std::move(call));
        } catch (...) {  // no memory for the frame: nothing has run
            answer_from_nothing(context.host, request);
        }
        return;
    }
    Exchange exchange(context.host, request, view, *context.service);
    try {
        route.handler.run(exchange);
    } catch (...) {
        answer_failure(context, route, exchange);
    }
}

}  // namespace gatehouse::detail
