/* A plugin for the reload soak, small enough to be replaced many times a second. Every answer carries the marker below,
 * which the soak overwrites in copies of the file: what an answer says is then which file's code made it.
 *
 *   GET  /now        from the loop
 *   GET  /later      from a timer
 *   GET  /work       from an offloaded job
 *   GET  /worker     from a blocking handler
 *   GET  /events     server-sent events: ?count=N (0 = without end) &every=MILLISECONDS
 *   POST /upload     reads the body as it comes and tells how long it was
 *
 * TINY_CREATE_FAILS, TINY_START_FAILS, TINY_OTHER_ABI: the same with one flaw.
 */
#include <gatehouse/abi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(literal) \
    { literal, sizeof(literal) - 1 }

#ifndef TINY_ID
#define TINY_ID "soak.tiny"
#endif

__attribute__((used)) static volatile const char marker[] = "GATEHOUSE-SOAK-0000000000";
#define MARKER_LENGTH (sizeof marker - 1)

typedef struct tiny {
    const gh_host* host;
    const gh_http* http;
} tiny;

static size_t put_marker(char* out) {
    for (size_t i = 0; i < MARKER_LENGTH; ++i) out[i] = marker[i];
    out[MARKER_LENGTH] = '\0';
    return MARKER_LENGTH;
}

static gh_bytes owned_text(const char* text, size_t length) {
    char* copy = malloc(length + 1);
    if (copy == NULL) abort();
    memcpy(copy, text, length);
    return (gh_bytes){(const uint8_t*)copy, length, free, copy};
}

static void answer(tiny* self, gh_request* request, const char* where, unsigned long long number) {
    char text[256];
    char mark[MARKER_LENGTH + 1];
    put_marker(mark);
    const int length = snprintf(text, sizeof text, "%s %s %llu\n%s\n", mark, where, number, mark);
    const gh_kv header = {TEXT("content-type"), TEXT("text/plain")};
    const gh_response response = {sizeof response, 200, &header, 1, owned_text(text, (size_t)length)};
    if (self->http->reply(request, &response) != GH_OK) self->http->abort(request, NULL);
}

/* ---- at once, later, elsewhere ----------------------------------------------------------------------------------- */

typedef struct waiting {
    tiny* self;
    gh_request* request;
    unsigned long long sum;
} waiting;

static waiting* wait_for(tiny* self, gh_request* request) {
    waiting* w = malloc(sizeof *w);
    if (w == NULL) abort();
    *w = (waiting){self, request, 0};
    return w;
}

static void on_now(void* self, gh_request* request, const gh_request_view* view) {
    (void)view;
    answer(self, request, "now", 0);
}

static void after_sleep(void* context, gh_status status, const gh_error* error) {
    waiting* w = context;
    (void)error;
    answer(w->self, w->request, status == GH_OK ? "later" : "canceled", 0);
    free(w);
}

static void on_later(void* context, gh_request* request, const gh_request_view* view) {
    tiny* self = context;
    waiting* w = wait_for(self, request);
    gh_op op;
    (void)view;
    if (self->host->sleep(self->host, self->http->loop(request), 5u * 1000 * 1000, after_sleep, w, &op) != GH_PENDING) {
        after_sleep(w, GH_E_LIMIT, NULL);
    }
}

static void count_up(void* context) {
    waiting* w = context;
    for (unsigned i = 0; i < 1000; ++i) w->sum += i;
}

static void after_work(void* context, gh_status status, const gh_error* error) {
    waiting* w = context;
    (void)status;
    (void)error;
    answer(w->self, w->request, "work", w->sum);
    free(w);
}

static void on_work(void* context, gh_request* request, const gh_request_view* view) {
    tiny* self = context;
    waiting* w = wait_for(self, request);
    (void)view;
    if (self->host->offload(self->host, self->http->loop(request), count_up, after_work, w) != GH_PENDING) {
        after_work(w, GH_E_LIMIT, NULL);
    }
}

static void on_worker(void* self, gh_request* request, const gh_request_view* view) {
    waiting here = {self, request, 0};
    (void)view;
    count_up(&here);
    answer(self, request, "worker", here.sum);
}

/* ---- GET /events ------------------------------------------------------------------------------------------------- */

typedef struct stream {
    tiny* self;
    gh_request* request;
    gh_op timer;
    unsigned long next, count;
    uint64_t period_ns;
    int is_sleeping, is_canceled;
} stream;

static void stream_step(stream* s);

static void stream_end(stream* s, int is_whole) {
    if (!is_whole || s->self->http->finish(s->request, NULL, 0) != GH_OK) s->self->http->abort(s->request, NULL);
    free(s);
}

static void stream_wake(void* context, gh_status status, const gh_error* error) {
    stream* s = context;
    (void)error;
    s->is_sleeping = 0;
    if (status != GH_OK) s->is_canceled = 1;
    stream_step(s);
}

static void stream_sleep(stream* s) {
    const gh_host* host = s->self->host;
    s->is_sleeping = 1;
    if (host->sleep(host, s->self->http->loop(s->request), s->period_ns, stream_wake, s, &s->timer) != GH_PENDING) {
        stream_end(s, 0);
    }
}

static void stream_written(void* context, gh_status status, const gh_error* error) {
    stream* s = context;
    (void)error;
    if (status < 0) {
        stream_end(s, 0);
    } else {
        stream_sleep(s);
    }
}

static void stream_step(stream* s) {
    char text[256];
    char mark[MARKER_LENGTH + 1];
    if (s->is_canceled || (s->count != 0 && s->next == s->count)) {
        stream_end(s, 1);
        return;
    }
    put_marker(mark);
    const int length = snprintf(text, sizeof text, "data: %s %lu\n\n", mark, s->next++);
    const gh_status status = s->self->http->write(s->request, owned_text(text, (size_t)length), stream_written, s);
    if (status != GH_PENDING) stream_written(s, status, NULL);
}

static void stream_cancel(void* context, gh_status status, const gh_error* error) {
    stream* s = context;
    (void)status;
    (void)error;
    s->is_canceled = 1;
    if (s->is_sleeping) s->self->host->cancel(s->self->host, s->timer);
}

static unsigned long parameter(gh_str query, const char* name, unsigned long otherwise) {
    const size_t length = strlen(name);
    for (size_t at = 0; at + length < query.len; ++at) {
        const int begins = at == 0 || query.ptr[at - 1] == '&';
        if (!begins || memcmp(query.ptr + at, name, length) != 0 || query.ptr[at + length] != '=') continue;
        unsigned long value = 0;
        for (size_t i = at + length + 1; i < query.len && query.ptr[i] >= '0' && query.ptr[i] <= '9'; ++i) {
            value = value * 10 + (unsigned long)(query.ptr[i] - '0');
        }
        return value;
    }
    return otherwise;
}

static void on_events(void* context, gh_request* request, const gh_request_view* view) {
    tiny* self = context;
    const gh_kv header = {TEXT("content-type"), TEXT("text/event-stream")};
    const gh_response head = {sizeof head, 200, &header, 1, {NULL, 0, NULL, NULL}};
    stream* s = calloc(1, sizeof *s);
    if (s == NULL) abort();
    s->self = self;
    s->request = request;
    s->count = parameter(view->query, "count", 0);
    s->period_ns = parameter(view->query, "every", 20) * 1000 * 1000;
    if (self->http->start(request, &head) != GH_OK) {
        stream_end(s, 0);
        return;
    }
    self->http->on_cancel(request, stream_cancel, s);
    stream_step(s);
}

/* ---- POST /upload ------------------------------------------------------------------------------------------------ */

/* Takes what read() gave; 1: go on reading. */
static int upload_take(waiting* w, gh_status status, gh_bytes chunk) {
    if (status == GH_OK) {
        w->sum += chunk.len;
        if (chunk.release != NULL) chunk.release(chunk.owner);
        return 1;
    }
    if (status == GH_END) {
        answer(w->self, w->request, "upload", w->sum);
    } else {
        w->self->http->abort(w->request, NULL);
    }
    free(w);
    return 0;
}

static void upload_run(waiting* w);

static void upload_chunk(void* context, gh_status status, gh_bytes chunk, const gh_error* error) {
    (void)error;
    if (upload_take(context, status, chunk)) upload_run(context);
}

static void upload_run(waiting* w) {
    for (;;) {
        gh_bytes chunk = {NULL, 0, NULL, NULL};
        const gh_status status = w->self->http->read(w->request, &chunk, upload_chunk, w);
        if (status == GH_PENDING || !upload_take(w, status, chunk)) return;
    }
}

static void on_upload(void* self, gh_request* request, const gh_request_view* view) {
    (void)view;
    upload_run(wait_for(self, request));
}

/* ---- lifecycle --------------------------------------------------------------------------------------------------- */

static gh_status add(tiny* self, const char* method, const char* pattern, uint32_t flags,
                     void (*handle)(void*, gh_request*, const gh_request_view*)) {
    gh_route route = {0};
    route.size = sizeof route;
    route.flags = flags | GH_ROUTE_AUTH_OPTIONAL;
    route.method = (gh_str){method, strlen(method)};
    route.pattern = (gh_str){pattern, strlen(pattern)};
    route.operation_id = route.pattern;
    route.handle = handle;
    route.self = self;
    return self->host->add_route(self->host, &route);
}

static gh_status create(const gh_host* host, gh_str config, void** out) {
    (void)config;
#ifdef TINY_CREATE_FAILS
    const gh_error error = {sizeof error, GH_E_INVALID, TEXT("bad_config"), TEXT("the colour is missing")};
    host->fail(host, &error);
    return GH_E_INVALID;
#endif
    tiny* self = calloc(1, sizeof *self);
    if (self == NULL) return GH_E_INTERNAL;
    self->host = host;
    self->http = host->http;
    gh_status status = add(self, "GET", "/now", 0, on_now);
    if (status == GH_OK) status = add(self, "GET", "/later", 0, on_later);
    if (status == GH_OK) status = add(self, "GET", "/work", 0, on_work);
    if (status == GH_OK) status = add(self, "GET", "/worker", GH_ROUTE_BLOCKING, on_worker);
    if (status == GH_OK) status = add(self, "GET", "/events", 0, on_events);
    if (status == GH_OK) status = add(self, "POST", "/upload", GH_ROUTE_STREAM_IN, on_upload);
    if (status != GH_OK) {
        free(self);
        return status;
    }
    *out = self;
    return GH_OK;
}

#ifdef TINY_START_FAILS
static gh_status begin(void* self, gh_done done, void* context) {
    const gh_error error = {sizeof error, GH_E_UNAVAILABLE, TEXT("no_database"), TEXT("the database is away")};
    (void)self;
    done(context, GH_E_UNAVAILABLE, &error);
    return GH_PENDING;
}
#else
#define begin NULL
#endif

static void destroy(void* self) { free(self); }

#ifdef TINY_OTHER_ABI
#define NOTE_TEXT "id=" TINY_ID "\nversion=1.0.0\nabi=2.0\nsdk=c\n"
__attribute__((used, section(GH_NOTE_SECTION), aligned(4))) static const struct {
    uint32_t name_size, text_size, type;
    char name[4];
    char text[(sizeof(NOTE_TEXT) + 3) & ~(size_t)3];
} note = {3, sizeof(NOTE_TEXT), GH_NOTE_TYPE, "GH", NOTE_TEXT};
#else
GH_PLUGIN_NOTE(TINY_ID, "1.0.0", "c");
#endif

GH_EXPORT const gh_plugin* GH_PLUGIN_ENTRY(void);
const gh_plugin* GH_PLUGIN_ENTRY(void) {
    static const gh_plugin table = {
        .size = sizeof(gh_plugin),
        .abi_minor = GH_ABI_MINOR,
        .id = TEXT(TINY_ID),
        .version = TEXT("1.0.0"),
        .sdk = TEXT("c"),
        .create = create,
        .start = begin,
        .destroy = destroy,
    };
    return &table;
}
