// What stands behind Context and Route.
#pragma once

#include <gatehouse/ext/call.h>
#include <gatehouse/ext/clock.h>
#include <gatehouse/ext/http_client.h>
#include <gatehouse/ext/trace.h>
#include <gatehouse/context.hpp>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gatehouse {

class Service;

namespace events {
class Consumer;
}

namespace detail {

// Something that lives and ends with the service without its doing: gatehouse::Events. [main]
class ServicePart {
public:
    virtual ~ServicePart() = default;
    virtual void started() = 0;   // after Service::start()
    virtual void draining() = 0;  // before Service::drain()
};

struct RouteState {
    ContextState* context = nullptr;
    std::unique_ptr<Route> row;  // what the service's constructor holds on to
    std::string method, pattern;
    Handler handler;
    std::uint32_t flags = GH_ROUTE_AUTH_OPTIONAL | GH_ROUTE_BLOCKING;
    std::string roles;  // space separated
    std::uint32_t timeout_ms = 0, max_in_flight = 0;
    std::uint64_t max_body = 0;
    std::string operation, summary, tag;
    std::vector<std::function<void(Operation&)>> notes;  // what the handler's types do not tell
    bool is_hidden = false, checks_token = false;
};

struct ContextState {
    explicit ContextState(const gh_host* its_host) : host(its_host), log(its_host) {}

    const gh_host* host;
    const gh_call* call = nullptr;    // null: not offered
    const gh_clock* clock = nullptr;  // null: the system's
    const gh_http_client* http_client = nullptr;
    const gh_trace* trace = nullptr;
    std::string plugin_id, config;
    Log log;
    std::deque<RouteState> routes;  // stable addresses: the host keeps one per route
    std::vector<std::function<std::optional<Problem>(const std::exception_ptr&)>> mappers;
    std::vector<AdminCommand> commands;
    std::vector<std::function<void()>> on_drain;  // run before the service's own drain()
    std::vector<ServicePart*> parts;
    events::Consumer* events = nullptr;           // of the service's gatehouse::Events
    std::vector<std::shared_ptr<JobState>> jobs;  // one owner; shared_ptr because the type is not known here
    bool is_complete = false;                     // the service's constructor has returned
    Service* service = nullptr;
};

struct ContextAccess {
    static ContextState& state(Context& context) { return *context.state_; }
};

// What the client is told about an exception; report is called for what is not the client's business.
using Report = std::function<void(const char* what)>;
[[nodiscard]] Problem problem_of(const ContextState& context, const std::exception_ptr& error, const Report& report);

// Runs the route's handler and seals it: whatever it throws is answered. The self of every gh_route is a RouteState.
void handle_route(void* self, gh_request* request, const gh_request_view* view) noexcept;

// The OpenAPI 3.1 document of all routes.
[[nodiscard]] std::string openapi_document(const ContextState& context, std::string_view version,
                                           std::string_view description);

}  // namespace detail
}  // namespace gatehouse
