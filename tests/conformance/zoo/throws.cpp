// Lets exceptions cross the border: THROW_IN_HANDLER after the answer was given, THROW_IN_CREATE, THROW_IN_START, or
// THROW_IN_CONSTRUCTOR of a static object, which runs inside dlopen().
#include <gatehouse/abi.h>

#include <stdexcept>

namespace {

struct Thrower {
    Thrower() {
#ifdef THROW_IN_CONSTRUCTOR
        throw std::runtime_error("thrown by a static constructor");
#endif
    }
} thrower;

const gh_host* the_host = nullptr;

void handle(void*, gh_request* request, const gh_request_view*) {
    gh_response response{};
    response.size = sizeof(response);
    response.code = 204;
    if (the_host->http->reply(request, &response) != GH_OK) the_host->http->abort(request, nullptr);
#ifdef THROW_IN_HANDLER
    throw std::runtime_error("thrown by a handler");
#endif
}

gh_status create(const gh_host* host, gh_str, void** self) {
    static int object;
    the_host = host;
    *self = &object;
#ifdef THROW_IN_CREATE
    throw std::runtime_error("thrown by create()");
#endif
    gh_route route{};
    route.size = sizeof(route);
    route.flags = GH_ROUTE_AUTH_OPTIONAL;
    route.method = {"GET", 3};
    route.pattern = {"/inline", 7};
    route.handle = &handle;
    return host->add_route(host, &route);
}

gh_status start(void*, gh_done, void*) {
#ifdef THROW_IN_START
    throw std::runtime_error("thrown by start()");
#endif
    return GH_OK;
}

void destroy(void*) {}

gh_plugin make_table() {
    gh_plugin table{};
    table.size = sizeof(table);
    table.id = {"zoo.throws", 10};
    table.version = {"1.0.0", 5};
    table.sdk = {"c++", 3};
    table.create = &create;
    table.start = &start;
    table.destroy = &destroy;
    return table;
}

}  // namespace

GH_PLUGIN_NOTE("zoo.throws", "1.0.0", "c++");

GH_EXPORT const gh_plugin* GH_PLUGIN_ENTRY(void) {
    static const gh_plugin table = make_table();
    return &table;
}
