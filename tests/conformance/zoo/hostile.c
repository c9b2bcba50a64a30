/* Hangs or crashes in one step of its life: -DIN_CREATE=hang() and so on for START, HEALTH, DRAIN, STOP, DESTROY,
 * HANDLER; or leaves something behind: -DLEAVES_TIMER, LEAVES_THREAD, LEAVES_BYTES, LEAVES_HOLD; or -DNEVER_STARTS; or
 * registers an -DATEXIT handler. GET /inline, POST /take (streamed in). */
#define _GNU_SOURCE
#include <gatehouse/abi.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT(literal) ((gh_str){(literal), sizeof(literal) - 1})
#define ID "zoo.hostile"

#ifdef CALLS_ABSENT
void gatehouse_zoo_absent(void);
#endif

static const gh_host* the_host;

__attribute__((unused)) static void hang(void) {
    for (;;) pause();
}

__attribute__((unused)) static void crash(void) { *(volatile int*)8 = 1; }

#ifndef IN_CREATE
#define IN_CREATE
#endif
#ifndef IN_START
#define IN_START
#endif
#ifndef IN_HEALTH
#define IN_HEALTH
#endif
#ifndef IN_DRAIN
#define IN_DRAIN
#endif
#ifndef IN_STOP
#define IN_STOP
#endif
#ifndef IN_DESTROY
#define IN_DESTROY
#endif
#ifndef IN_HANDLER
#define IN_HANDLER
#endif

static void answer(gh_request* request) {
    const gh_response response = {sizeof response, 200, NULL, 0, {(const uint8_t*)"inline", 6, NULL, NULL}};
    if (the_host->http->reply(request, &response) != GH_OK) the_host->http->abort(request, NULL);
}

static void handle(void* self, gh_request* request, const gh_request_view* view) {
    (void)self;
    (void)view;
    IN_HANDLER;
    answer(request);
}

static void on_chunk(void* context, gh_status status, gh_bytes chunk, const gh_error* error) {
    (void)status;
    (void)error;
#ifndef LEAVES_BYTES
    if (chunk.release != NULL) chunk.release(chunk.owner);
#else
    (void)chunk;
#endif
    answer(context);
}

static void take(void* self, gh_request* request, const gh_request_view* view) {
    gh_bytes chunk = {NULL, 0, NULL, NULL};
    (void)self;
    (void)view;
    const gh_status status = the_host->http->read(request, &chunk, on_chunk, request);
    if (status != GH_PENDING) on_chunk(request, status, chunk, NULL);
}

static gh_status add(gh_str method, gh_str pattern, uint32_t flags,
                     void (*function)(void*, gh_request*, const gh_request_view*)) {
    gh_route route;
    memset(&route, 0, sizeof route);
    route.size = sizeof route;
    route.flags = flags | GH_ROUTE_AUTH_OPTIONAL;
    route.method = method;
    route.pattern = pattern;
    route.handle = function;
    return the_host->add_route(the_host, &route);
}

#ifdef ATEXIT
static void at_exit(void) { the_host = NULL; }
#endif

static gh_status create(const gh_host* host, gh_str config, void** self) {
    static int object;
    (void)config;
    the_host = host;
    *self = &object;
    IN_CREATE;
#ifdef CALLS_ABSENT
    gatehouse_zoo_absent();
#endif
#ifdef ATEXIT
    atexit(at_exit);
#endif
    const gh_status status = add(TEXT("GET"), TEXT("/inline"), 0, handle);
    return status != GH_OK ? status : add(TEXT("POST"), TEXT("/take"), GH_ROUTE_STREAM_IN, take);
}

#ifdef LEAVES_TIMER
static void again(void* context, gh_status status, const gh_error* error) {
    gh_op op;
    (void)status;
    (void)error;
    the_host->sleep(the_host, the_host->loop_at(the_host, 0), 1000000, again, context, &op);
}
#endif

#ifdef LEAVES_THREAD
static void* idle(void* context) {
    hang();
    return context;
}
#endif

static gh_status start(void* self, gh_done done, void* context) {
    (void)self;
    (void)done;
    (void)context;
    IN_START;
#ifdef LEAVES_TIMER
    again(NULL, GH_OK, NULL);
#endif
#ifdef LEAVES_THREAD
    pthread_t thread;
    if (pthread_create(&thread, NULL, idle, NULL) == 0) pthread_detach(thread);
#endif
#ifdef LEAVES_HOLD
    static gh_op held;
    the_host->hold(the_host, TEXT("for ever"), &held);
#endif
#ifdef NEVER_STARTS
    return GH_PENDING;
#else
    return GH_OK;
#endif
}

static gh_status health(void* self, gh_done done, void* context) {
    (void)self;
    (void)done;
    (void)context;
    IN_HEALTH;
    return GH_OK;
}

static gh_status drain(void* self, uint64_t deadline_ns, gh_done done, void* context) {
    (void)self;
    (void)deadline_ns;
    (void)done;
    (void)context;
    IN_DRAIN;
    return GH_OK;
}

static gh_status stop(void* self, gh_done done, void* context) {
    (void)self;
    (void)done;
    (void)context;
    IN_STOP;
    return GH_OK;
}

static void destroy(void* self) {
    (void)self;
    IN_DESTROY;
}

GH_PLUGIN_NOTE(ID, "1.0.0", "c");

GH_EXPORT const gh_plugin* GH_PLUGIN_ENTRY(void);
const gh_plugin* GH_PLUGIN_ENTRY(void) {
    static const gh_plugin table = {.size = sizeof(gh_plugin),
                                    .abi_minor = GH_ABI_MINOR,
                                    .id = {ID, sizeof ID - 1},
                                    .version = {"1.0.0", 5},
                                    .sdk = {"c", 1},
                                    .create = create,
                                    .start = start,
                                    .health = health,
                                    .drain = drain,
                                    .stop = stop,
                                    .destroy = destroy};
    return &table;
}
