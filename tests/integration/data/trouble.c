/* A service that does what the path says: crash the process, or keep an event loop until the file
   of $TROUBLE_RELEASE is there. */
#include <gatehouse/abi.h>
#include <stdlib.h>
#include <unistd.h>

#ifndef VERSION
#define VERSION "3.2.1"
#endif
GH_PLUGIN_NOTE("trouble", VERSION, "c");
#define STR(s) \
    { s, sizeof(s) - 1 }

static void reply(const gh_host* host, gh_request* request, int code) {
    gh_response response = {sizeof response, code, NULL, 0, {(const uint8_t*)"trouble", 7, NULL, NULL}};
    host->http->reply(request, &response);
}

static void fine(void* self, gh_request* request, const gh_request_view* view) {
    (void)view;
    reply(self, request, 200);
}

static void crash(void* self, gh_request* request, const gh_request_view* view) {
    (void)view;
    *(volatile int*)NULL = 1;
    reply(self, request, 200);
}

static void stall(void* self, gh_request* request, const gh_request_view* view) {
    const char* const release = getenv("TROUBLE_RELEASE");
    (void)view;
    while (release != NULL && access(release, F_OK) != 0) usleep(1000);
    reply(self, request, 200);
}

static gh_status create(const gh_host* host, gh_str config, void** self) {
    (void)config;
    *self = (void*)host;
    const struct {
        gh_str path, operation;
        void (*handle)(void*, gh_request*, const gh_request_view*);
        uint32_t flags;
    } routes[] = {{STR("/trouble/fine"), STR("fine"), fine, 0},
                  {STR("/trouble/work"), STR("work"), fine, GH_ROUTE_BLOCKING},
                  {STR("/trouble/crash"), STR("crash"), crash, 0},
                  {STR("/trouble/crash-at-work"), STR("crash-at-work"), crash, GH_ROUTE_BLOCKING},
                  {STR("/trouble/stall"), STR("stall"), stall, 0}};
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; ++i) {
        gh_route route = {sizeof route,
                          routes[i].flags | GH_ROUTE_AUTH_OPTIONAL,
                          STR("GET"),
                          routes[i].path,
                          routes[i].operation,
                          STR(""),
                          0,
                          0,
                          0,
                          routes[i].handle,
                          (void*)host};
        const gh_status added = host->add_route(host, &route);
        if (added != GH_OK) return added;
    }
    return GH_OK;
}

static void destroy(void* self) { (void)self; }

static const gh_plugin table = {
    sizeof(gh_plugin), GH_ABI_MINOR, STR("trouble"), STR(VERSION), STR("c"), STR(""), STR(""),
    STR(""),           NULL,         create,         NULL,         NULL,     NULL,    NULL,
    destroy,           NULL};

GH_EXPORT const gh_plugin* GH_PLUGIN_ENTRY(void) { return &table; }
