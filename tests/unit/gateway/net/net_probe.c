/* A plugin with one route for each thing that can happen between a session and a plugin. */
#include <gatehouse/abi.h>
#include <stdlib.h>
#include <string.h>

#define STR(s) \
    { s, sizeof(s) - 1 }

GH_PLUGIN_NOTE("test.net_probe", "1.0.0", "c");

static const gh_host* host;
static int object;

static gh_bytes text(const char* s, size_t len) {
    gh_bytes bytes = {(const uint8_t*)s, len, NULL, NULL};
    return bytes;
}

static void reply_text(gh_request* request, int code, const char* s, size_t len) {
    gh_kv header = {STR("content-type"), STR("text/plain")};
    gh_response response = {sizeof response, code, &header, 1, text(s, len)};
    host->http->reply(request, &response);
}

static void hello(void* self, gh_request* request, const gh_request_view* view) {
    (void)self;
    (void)view;
    reply_text(request, 200, "hello", 5);
}

/* The first answer breaks the rules, the second is good, the third is too many. */
static void thrice(void* self, gh_request* request, const gh_request_view* view) {
    (void)self;
    (void)view;
    gh_kv bad = {STR("x-bad"), STR("a\r\nb: c")};
    gh_response response = {sizeof response, 200, &bad, 1, text("bad", 3)};
    const int first = host->http->reply(request, &response) == GH_E_INVALID;
    response.n_headers = 0;
    response.body = first ? text("good", 4) : text("oops", 4);
    host->http->reply(request, &response);
    host->http->reply(request, &response);
}

static void echo(void* self, gh_request* request, const gh_request_view* view) {
    (void)self;
    char* copy = malloc(view->body.len + 1);
    memcpy(copy, view->body.ptr, view->body.len);
    gh_response response = {sizeof response, 200, NULL, 0, {(const uint8_t*)copy, view->body.len, free, copy}};
    host->http->reply(request, &response);
}

static void who(void* self, gh_request* request, const gh_request_view* view) {
    (void)self;
    const gh_str id = view->identity != NULL ? view->identity->subject : (gh_str)STR("nobody");
    char* copy = malloc(id.len + 1);
    memcpy(copy, id.ptr, id.len);
    gh_response response = {sizeof response, 200, NULL, 0, {(const uint8_t*)copy, id.len, free, copy}};
    host->http->reply(request, &response);
}

static void give_up(void* self, gh_request* request, const gh_request_view* view) {
    (void)self;
    (void)view;
    host->http->abort(request, NULL);
}

/* Answers only when told that nobody waits any more. */
static void on_canceled(void* context, gh_status status, const gh_error* error) {
    (void)status;
    (void)error;
    reply_text(context, 200, "too late", 8);
}
static void late(void* self, gh_request* request, const gh_request_view* view) {
    (void)self;
    (void)view;
    host->http->on_cancel(request, on_canceled, request);
}

/* 64 pieces of 64 KiB, as fast as they are taken. */
static char piece[64 * 1024];
struct stream {
    gh_request* request;
    int left;
};
static void pour(struct stream* stream);
static void poured(void* context, gh_status status, const gh_error* error) {
    struct stream* stream = context;
    (void)error;
    if (status == GH_OK) {
        pour(stream);
    } else {
        host->http->abort(stream->request, NULL);
        free(stream);
    }
}
static void pour(struct stream* stream) {
    while (stream->left > 0) {
        --stream->left;
        const gh_status status = host->http->write(stream->request, text(piece, sizeof piece), poured, stream);
        if (status == GH_PENDING) return;
        if (status != GH_OK) {
            host->http->abort(stream->request, NULL);
            free(stream);
            return;
        }
    }
    host->http->finish(stream->request, NULL, 0);
    free(stream);
}
static void stream_out(void* self, gh_request* request, const gh_request_view* view) {
    (void)self;
    (void)view;
    memset(piece, 'x', sizeof piece);
    gh_response response = {sizeof response, 200, NULL, 0, text("begin:", 6)};
    if (host->http->start(request, &response) != GH_OK) {
        host->http->abort(request, NULL);
        return;
    }
    struct stream* stream = malloc(sizeof *stream);
    stream->request = request;
    stream->left = 64;
    pour(stream);
}

/* Begins an answer without an end, and gives up when told that nobody reads it. */
static void on_no_reader(void* context, gh_status status, const gh_error* error) {
    (void)status;
    (void)error;
    host->http->abort(context, NULL);
}
static void endless(void* self, gh_request* request, const gh_request_view* view) {
    (void)self;
    (void)view;
    gh_response response = {sizeof response, 200, NULL, 0, text("begin:", 6)};
    host->http->start(request, &response);
    host->http->on_cancel(request, on_no_reader, request);
}

/* Starts an answer and breaks off. */
static void broken(void* self, gh_request* request, const gh_request_view* view) {
    (void)self;
    (void)view;
    gh_response response = {sizeof response, 200, NULL, 0, text("half", 4)};
    host->http->start(request, &response);
    host->http->abort(request, NULL);
}

/* Pulls the body and tells how long it was. */
struct pull {
    gh_request* request;
    size_t bytes;
};
static void pull_on(struct pull* pull);
static void pulled(void* context, gh_status status, gh_bytes chunk, const gh_error* error) {
    struct pull* pull = context;
    (void)error;
    pull->bytes += chunk.len;
    if (chunk.release != NULL) chunk.release(chunk.owner);
    if (status == GH_OK) {
        pull_on(pull);
    } else {
        static char number[32];
        size_t at = sizeof number;
        size_t value = status == GH_END ? pull->bytes : 0;
        do number[--at] = (char)('0' + value % 10);
        while ((value /= 10) != 0);
        reply_text(pull->request, 200, number + at, sizeof number - at);
        free(pull);
    }
}
static void pull_on(struct pull* pull) {
    for (;;) {
        gh_bytes chunk = {NULL, 0, NULL, NULL};
        const gh_status status = host->http->read(pull->request, &chunk, pulled, pull);
        if (status == GH_PENDING) return;
        if (status != GH_OK) {
            pulled(pull, status, chunk, NULL);
            return;
        }
        pull->bytes += chunk.len;
        if (chunk.release != NULL) chunk.release(chunk.owner);
    }
}
static void stream_in(void* self, gh_request* request, const gh_request_view* view) {
    (void)self;
    (void)view;
    struct pull* pull = malloc(sizeof *pull);
    pull->request = request;
    pull->bytes = 0;
    pull_on(pull);
}

/* Keeps the first piece of a body beyond the end of its request; GET /let-go releases it. */
static gh_bytes kept;
static void keep(void* self, gh_request* request, const gh_request_view* view) {
    (void)self;
    (void)view;
    host->http->read(request, &kept, pulled, NULL);
    reply_text(request, 200, "kept", 4);
}
static void let_go(void* self, gh_request* request, const gh_request_view* view) {
    (void)self;
    (void)view;
    if (kept.release != NULL) kept.release(kept.owner);
    reply_text(request, 200, "gone", 4);
}

static void add(const char* method, const char* pattern, const char* roles, uint32_t flags, uint32_t timeout_ms,
                uint64_t max_body, void (*handle)(void*, gh_request*, const gh_request_view*)) {
    gh_route route = {sizeof route,
                      flags,
                      {method, strlen(method)},
                      {pattern, strlen(pattern)},
                      {pattern, strlen(pattern)},
                      {roles, strlen(roles)},
                      timeout_ms,
                      0,
                      max_body,
                      handle,
                      NULL};
    host->add_route(host, &route);
}

static gh_status create(const gh_host* h, gh_str config, void** self) {
    (void)config;
    host = h;
    *self = &object;
    add("GET", "/hello", "", GH_ROUTE_AUTH_OPTIONAL, 0, 0, hello);
    add("GET", "/worker", "", GH_ROUTE_AUTH_OPTIONAL | GH_ROUTE_BLOCKING, 0, 0, hello);
    add("GET", "/thrice", "", GH_ROUTE_AUTH_OPTIONAL, 0, 0, thrice);
    add("POST", "/echo", "", GH_ROUTE_AUTH_OPTIONAL | GH_ROUTE_BLOCKING, 0, 100000, echo);
    add("GET", "/who", "", 0, 0, 0, who);
    add("GET", "/admin", "admin", 0, 0, 0, who);
    add("GET", "/internal", "", GH_ROUTE_INTERNAL, 0, 0, who);
    add("GET", "/abort", "", GH_ROUTE_AUTH_OPTIONAL, 0, 0, give_up);
    add("GET", "/late", "", GH_ROUTE_AUTH_OPTIONAL, 50, 0, late);
    add("GET", "/patient", "", GH_ROUTE_AUTH_OPTIONAL, 0, 0, late);
    add("GET", "/stream", "", GH_ROUTE_AUTH_OPTIONAL, 0, 0, stream_out);
    add("GET", "/endless", "", GH_ROUTE_AUTH_OPTIONAL, 0, 0, endless);
    add("GET", "/broken", "", GH_ROUTE_AUTH_OPTIONAL, 0, 0, broken);
    add("POST", "/pull", "", GH_ROUTE_AUTH_OPTIONAL | GH_ROUTE_STREAM_IN, 0, 0, stream_in);
    add("POST", "/keep", "", GH_ROUTE_AUTH_OPTIONAL | GH_ROUTE_STREAM_IN, 0, 0, keep);
    add("GET", "/let-go", "", GH_ROUTE_AUTH_OPTIONAL, 0, 0, let_go);
    return GH_OK;
}

static void destroy(void* self) { (void)self; }

static const gh_plugin plugin = {
    .size = sizeof(gh_plugin),
    .abi_minor = GH_ABI_MINOR,
    .id = STR("test.net_probe"),
    .version = STR("1.0.0"),
    .sdk = STR("c"),
    .description = STR("answers in every way there is"),
    .create = create,
    .destroy = destroy,
};

GH_EXPORT const gh_plugin* gh_plugin_entry_v1(void) { return &plugin; }
