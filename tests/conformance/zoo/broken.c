/* A plugin that keeps every rule of the ABI; each definition BREAK_<RULE> makes it break one. gatehouse-abi-test has to
 * find exactly that. Without a definition it is the well-behaved plugin of this folder.
 *
 *   GET  /inline   at once                POST /whole   the size of the body, from a worker
 *   GET  /later    from a timer           POST /echo    the body streamed back
 *   GET  /work     after an offloaded job
 */
#define _GNU_SOURCE
#include <gatehouse/abi.h>
#include <gatehouse/ext/call.h>

#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "echo.h"
#include "misdeeds.h"

#define TEXT(literal) ((gh_str){(literal), sizeof(literal) - 1})
#define ID "zoo.broken"

typedef struct zoo {
    const gh_host* host;
    uint32_t metric;
    int descriptor;
    gh_op held;
} zoo;

static void nothing(void* owner) { (void)owner; }

static void answer(const gh_host* host, gh_request* request, int32_t code, const char* text, size_t length) {
#ifdef BREAK_BODIES
    static char shared[64];
    static char turn = 'a';
    const size_t size = length < sizeof shared ? length : sizeof shared;
    memset(shared, turn == 'z' ? turn = 'a' : ++turn, sizeof shared);
    (void)text;
    const gh_bytes body = {(const uint8_t*)shared, size, nothing, NULL};
#else
    uint8_t* copy = malloc(length == 0 ? 1 : length);
    if (length != 0) memcpy(copy, text, length);
    const gh_bytes body = {copy, length, free, copy};
    (void)nothing;
#endif
#ifdef BREAK_RESPONSES
    const gh_kv header = {TEXT("Content-Length"), TEXT("1")};
#else
    const gh_kv header = {TEXT("content-type"), TEXT("text/plain")};
#endif
    const gh_response response = {sizeof response, code, &header, 1, body};
    if (host->http->reply(request, &response) != GH_OK) host->http->abort(request, NULL);
}

/* ---- GET /inline ------------------------------------------------------------------------------------------------- */

#ifdef BREAK_UNLOAD
extern void* __dso_handle;
extern int __cxa_thread_atexit_impl(void (*)(void*), void*, void*);
#endif

static void on_inline(void* self, gh_request* request, const gh_request_view* view) {
    const zoo* z = self;
    (void)view;
#ifdef BREAK_LOOP_TIME
    static int turn;
    if (turn++ == 0) usleep(900 * 1000);
#endif
#ifdef BREAK_TELEMETRY
    z->host->record(z->host, 77, 1, NULL);
#endif
#ifdef BREAK_UNLOAD
    __cxa_thread_atexit_impl(nothing, NULL, &__dso_handle);
#endif
#ifdef BREAK_PROCESS_MASK
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &mask, NULL);
#endif
    answer(z->host, request, 200, "inline", 6);
#ifdef BREAK_ANSWERS
    answer(z->host, request, 200, "again", 5);
#endif
}

/* ---- GET /later -------------------------------------------------------------------------------------------------- */

typedef struct later {
    const zoo* owner;
    gh_request* request;
    gh_op timer;
    int is_canceled;
    gh_str kept;
} later;

static void on_timer(void* context, gh_status status, const gh_error* error) {
    later* l = context;
    (void)error;
#ifdef BREAK_OPERATIONS
    if (l->is_canceled && status == GH_OK) abort();
#endif
#ifdef BREAK_CANCEL_AWAIT
    if (status == GH_E_CANCELED && !l->is_canceled) {
        free(l);
        return;
    }
#endif
    const zoo* owner = l->owner;
#ifdef BREAK_VIEWS
    const gh_str kept = l->kept;
#endif
    if (status == GH_OK) {
        answer(owner->host, l->request, 200, "later", 5);
    } else {
        owner->host->http->abort(l->request, NULL);
    }
    free(l);
#ifdef BREAK_VIEWS
    volatile char sink = kept.ptr[0];
    (void)sink;
#endif
}

static void on_gone(void* context, gh_status status, const gh_error* error) {
    later* l = context;
    (void)status;
    (void)error;
    l->is_canceled = 1;
#ifdef BREAK_CLIENT_GONE
    l->timer.id = 0;
    l->request = NULL; /* and nobody will ever end it */
#else
    l->owner->host->cancel(l->owner->host, l->timer);
#endif
}

static void on_expiry(void* context, gh_status status, const gh_error* error) {
#ifdef BREAK_CLIENT_GONE
    if (((later*)context)->request == NULL) {
        free(context);
        return;
    }
#endif
    on_timer(context, status, error);
}

static void on_later(void* self, gh_request* request, const gh_request_view* view) {
    const zoo* z = self;
    later* l = calloc(1, sizeof *l);
    l->owner = z;
    l->request = request;
    l->kept = view->path;
    const gh_status status =
        z->host->sleep(z->host, z->host->http->loop(request), 20u * 1000 * 1000, on_expiry, l, &l->timer);
#ifdef BREAK_REFUSED_CALLS
    if (status != GH_PENDING) {
        free(l);
        return;
    }
#else
    if (status != GH_PENDING) {
        free(l);
        answer(z->host, request, 503, "", 0);
        return;
    }
#endif
    z->host->http->on_cancel(request, on_gone, l);
}

/* ---- GET /work --------------------------------------------------------------------------------------------------- */

static void work(void* context) {
    later* l = context;
#ifdef BREAK_THREADS
    const gh_response head = {sizeof head, 200, NULL, 0, {NULL, 0, NULL, NULL}};
    l->owner->host->http->start(l->request, &head);
#endif
    l->kept = TEXT("worked");
}

static void on_worked(void* context, gh_status status, const gh_error* error) {
    later* l = context;
    (void)error;
    answer(l->owner->host, l->request, status == GH_OK ? 200 : 503, l->kept.ptr, l->kept.len);
    free(l);
}

static void on_work(void* self, gh_request* request, const gh_request_view* view) {
    const zoo* z = self;
    later* l = calloc(1, sizeof *l);
    (void)view;
    l->owner = z;
    l->request = request;
    if (z->host->offload(z->host, z->host->http->loop(request), work, on_worked, l) == GH_PENDING) return;
    free(l);
    answer(z->host, request, 503, "", 0);
}

/* ---- POST /whole ------------------------------------------------------------------------------------------------- */

static void on_whole(void* self, gh_request* request, const gh_request_view* view) {
    const zoo* z = self;
#ifdef BREAK_HOSTILE_INPUT
    if (view->body.len != 0 && memchr(view->body.ptr, 0xff, view->body.len) != NULL) abort();
#endif
    answer(z->host, request, 200, view->body.ptr, view->body.len < 16 ? view->body.len : 16);
}

/* ---- POST /echo -------------------------------------------------------------------------------------------------- */

static void on_echo(void* self, gh_request* request, const gh_request_view* view) {
    const zoo* z = self;
    const gh_response head = {sizeof head, 200, NULL, 0, {NULL, 0, NULL, NULL}};
    echo* e = malloc(sizeof *e);
    (void)view;
    *e = (echo){z->host->http, request};
    if (e->http->start(request, &head) == GH_OK) {
        run(e);
    } else {
        give_up(e);
    }
}

/* ---- life -------------------------------------------------------------------------------------------------------- */

static gh_status route(zoo* z, gh_str method, gh_str pattern, uint32_t flags,
                       void (*handle)(void*, gh_request*, const gh_request_view*)) {
    gh_route r;
    memset(&r, 0, sizeof r);
    r.size = sizeof r;
    r.flags = flags | GH_ROUTE_AUTH_OPTIONAL;
    r.method = method;
    r.pattern = pattern;
    r.operation_id = pattern;
    r.handle = handle;
    r.self = z;
    return z->host->add_route(z->host, &r);
}

static gh_status create(const gh_host* host, gh_str config, void** self) {
    zoo* z = calloc(1, sizeof *z);
    (void)config;
    z->host = host;
    z->descriptor = -1;
#ifdef BREAK_GROWN_TABLES
    if (host->size != sizeof *host) return free(z), GH_E_UNSUPPORTED;
#endif
#ifdef BREAK_TABLE_SIZES
    volatile uint64_t beyond = *(const uint64_t*)(host + 1);
    (void)beyond;
#endif
#ifdef BREAK_NO_EXTENSIONS
    const gh_call* call = host->extension(host, GH_EXT_CALL);
    if (call->size == 0) abort();
#endif
#ifdef BREAK_CREATE
    z->descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC);
#endif
#ifdef BREAK_REPEAT
    *(volatile char*)malloc(100) = 1;
#endif
    gh_metric metric;
    memset(&metric, 0, sizeof metric);
    metric.size = sizeof metric;
    metric.kind = GH_COUNTER;
    metric.name = TEXT("zoo_total");
    gh_status status = host->metric(host, &metric, &z->metric);
#ifdef BREAK_REFUSED_REGISTRATION
    if (status != GH_OK) abort();
#endif
    if (status == GH_OK) status = route(z, TEXT("GET"), TEXT("/inline"), 0, on_inline);
    if (status == GH_OK) status = route(z, TEXT("GET"), TEXT("/later"), 0, on_later);
    if (status == GH_OK) status = route(z, TEXT("GET"), TEXT("/work"), 0, on_work);
    if (status == GH_OK) status = route(z, TEXT("POST"), TEXT("/whole"), GH_ROUTE_BLOCKING, on_whole);
    if (status == GH_OK) status = route(z, TEXT("POST"), TEXT("/echo"), GH_ROUTE_STREAM_IN, on_echo);
    if (status != GH_OK) return free(z), status;
    *self = z;
    return GH_OK;
}

#ifdef BREAK_DRAIN
static void again(void* context, gh_status status, const gh_error* error) {
    zoo* z = context;
    gh_op op;
    (void)status;
    (void)error;
    z->host->sleep(z->host, z->host->loop_at(z->host, 0), 1000, again, z, &op);
}
#endif

#ifdef BREAK_GENERATIONS
static gh_status take_name(zoo* z) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int length = 1 + (int)strlen(strcpy(address.sun_path + 1, "gatehouse-zoo-")) + 8;
    const uint32_t process = (uint32_t)getpid();
    for (int i = 0; i < 8; ++i) address.sun_path[15 + i] = (char)('a' + ((process >> (4 * i)) & 15));
    z->descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)length);
    return bind(z->descriptor, (const struct sockaddr*)&address, size) == 0 ? GH_OK : GH_E_UNAVAILABLE;
}
#endif

static gh_status start(void* self, gh_done done, void* context) {
    zoo* z = self;
    (void)done;
    (void)context;
    z->host->record(z->host, z->metric, 1, NULL);
#ifdef BREAK_REGISTRATION
    route(z, TEXT("GET"), TEXT("/too-late"), 0, on_inline);
#endif
#ifdef BREAK_DRAIN
    again(z, GH_OK, NULL);
#endif
#ifdef BREAK_DRAIN_HOLD
    z->host->hold(z->host, TEXT("for ever"), &z->held);
#endif
    if (misbehave() != GH_OK) return GH_E_INTERNAL;
#ifdef BREAK_GENERATIONS
    if (take_name(z) != GH_OK) return GH_E_UNAVAILABLE;
#endif
#ifdef BREAK_HOOKS
    done(context, GH_OK, NULL);
    return GH_PENDING;
#elif defined(BREAK_HOOKS_NEVER)
    return GH_PENDING;
#else
    return GH_OK;
#endif
}

static gh_status health(void* self, gh_done done, void* context) {
    (void)self;
    (void)done;
    (void)context;
#ifdef BREAK_HOOKS_TWICE
    done(context, GH_OK, NULL);
#endif
    return GH_OK;
}

static gh_status stop(void* self, gh_done done, void* context) {
    zoo* z = self;
    (void)done;
    (void)context;
    if (z->descriptor >= 0) close(z->descriptor);
    z->descriptor = -1;
    return GH_OK;
}

static void destroy(void* self) {
    zoo* z = self;
    if (z->descriptor >= 0) close(z->descriptor);
    free(z);
}

static const void* extension(void* self, const char* id) {
    (void)self;
#ifdef BREAK_EXTENSIONS
    if (strcmp(id, "gh.unknown/9") == 0) return id;
#else
    (void)id;
#endif
    return NULL;
}

#define TABLE                                                                                                       \
    {                                                                                                               \
        sizeof(gh_plugin), GH_ABI_MINOR, {ID, sizeof ID - 1}, {"1.0.0", 5}, {"c", 1}, {"zoo", 3}, {"", 0}, {"", 0}, \
            NULL, create, start, health, NULL, stop, destroy, extension                                             \
    }

GH_PLUGIN_NOTE(ID, "1.0.0", "c");

GH_EXPORT const gh_plugin* GH_PLUGIN_ENTRY(void);
const gh_plugin* GH_PLUGIN_ENTRY(void) {
    static const gh_plugin table = TABLE;
#ifdef BREAK_TABLE
    static const gh_plugin other = TABLE;
    static int turn;
    if (turn++ % 2 == 1) return &other;
#endif
    return &table;
}
