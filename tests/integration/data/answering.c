/* Answers GET /answer with STATUS: what the tests replace by another build of itself.
 * -DPAUSE_MS: but not at once. -DFLAGS, -DTIMEOUT_MS: of the route. */
#include <gatehouse/abi.h>
#include <unistd.h>

GH_PLUGIN_NOTE("answering", "1.0.0", "c");
#ifndef FLAGS
#define FLAGS 0
#endif
#ifndef TIMEOUT_MS
#define TIMEOUT_MS 0
#endif
#define STR(s) \
    { s, sizeof(s) - 1 }

static void answer(void* self, gh_request* request, const gh_request_view* view) {
    const gh_host* host = self;
    (void)view;
#ifdef PAUSE_MS
    usleep(PAUSE_MS * 1000);
#endif
    gh_response response = {sizeof response, STATUS, NULL, 0, {(const uint8_t*)"answer", 6, NULL, NULL}};
    host->http->reply(request, &response);
}

static gh_status create(const gh_host* host, gh_str config, void** self) {
    (void)config;
    *self = (void*)host;
    gh_route route = {sizeof route,
                      GH_ROUTE_AUTH_OPTIONAL | FLAGS,
                      STR("GET"),
                      STR("/answer"),
                      STR("answer"),
                      STR(""),
                      TIMEOUT_MS,
                      0,
                      0,
                      answer,
                      (void*)host};
    return host->add_route(host, &route);
}

static void destroy(void* self) { (void)self; }

static const gh_plugin table = {
    sizeof(gh_plugin), GH_ABI_MINOR, STR("answering"), STR("1.0.0"), STR("c"), STR(""), STR(""),
    STR(""),           NULL,         create,           NULL,         NULL,     NULL,    NULL,
    destroy,           NULL};

GH_EXPORT const gh_plugin* GH_PLUGIN_ENTRY(void) { return &table; }
