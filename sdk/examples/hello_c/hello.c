/* A plugin in plain C, on the event loop:
 *
 *   GET  /hello       an answer at once
 *   GET  /later       an answer half a second later, from a timer
 *   POST /echo        the body streamed back as it arrives, with back-pressure both ways and no copy
 */
#include <gatehouse/abi.h>

#include <stdlib.h>
#include <string.h>

#define TEXT(literal) ((gh_str){(literal), sizeof(literal) - 1})

typedef struct hello {
    const gh_host* host;
} hello;

/* Static bytes need no release: they live as long as the library. */
static gh_bytes static_bytes(const char* text) {
    gh_bytes bytes = {(const uint8_t*)text, strlen(text), NULL, NULL};
    return bytes;
}

static gh_response response_of(int32_t code, const gh_kv* headers, size_t n_headers, const char* body) {
    gh_response response;
    memset(&response, 0, sizeof(response));
    response.size = sizeof(response);
    response.code = code;
    response.headers = headers;
    response.n_headers = n_headers;
    response.body = static_bytes(body);
    return response;
}

static void reply_text(const gh_host* host, gh_request* request, int32_t code, const char* body) {
    const gh_kv headers[] = {{TEXT("content-type"), TEXT("text/plain; charset=utf-8")}};
    const gh_response response = response_of(code, headers, 1, body);
    if (host->http->reply(request, &response) != GH_OK) host->http->abort(request, NULL);
}

/* ---- GET /hello -------------------------------------------------------------------------------------------------- */

static void handle_hello(void* self, gh_request* request, const gh_request_view* view) {
    const hello* plugin = (const hello*)self;
    (void)view;
    reply_text(plugin->host, request, 200, "Hello from C\n");
}

/* ---- GET /later: what must outlive the handler goes to the heap ---------------------------------------------------
 */

typedef struct later {
    const gh_host* host;
    gh_request* request;
} later;

/* Runs on the loop, exactly once: after the time, or with GH_E_CANCELED. Either way the request has to be ended. */
static void on_timer(void* context, gh_status status, const gh_error* error) {
    later* waiting = (later*)context;
    (void)error;
    if (status == GH_OK) {
        reply_text(waiting->host, waiting->request, 200, "Hello, later\n");
    } else {
        waiting->host->http->abort(waiting->request, NULL);
    }
    free(waiting);
}

static void handle_later(void* self, gh_request* request, const gh_request_view* view) {
    const hello* plugin = (const hello*)self;
    const uint64_t half_a_second = UINT64_C(500000000);
    later* waiting = (later*)malloc(sizeof(*waiting));
    gh_op op;
    (void)view;
    if (waiting == NULL) {
        plugin->host->http->abort(request, NULL);
        return;
    }
    waiting->host = plugin->host;
    waiting->request = request;
    if (plugin->host->sleep(plugin->host, plugin->host->http->loop(request), half_a_second, on_timer, waiting, &op) !=
        GH_PENDING) {
        reply_text(plugin->host, request, 503, "No timer\n");
        free(waiting);
    }
}

/* ---- POST /echo: read a piece, write it, and wait whenever one of the two says so ----------------------------------
 */

typedef struct echo {
    const gh_http* http;
    gh_request* request;
} echo;

static void echo_run(echo* stream);

static void echo_give_up(echo* stream) {
    stream->http->abort(stream->request, NULL);
    free(stream);
}

static void on_written(void* context, gh_status status, const gh_error* error) {
    echo* stream = (echo*)context;
    (void)error;
    if (status < 0) {
        echo_give_up(stream);
    } else {
        echo_run(stream);
    }
}

/* Takes what read() gave. The chunk's ownership moves on to write(). Returns 1 to go on reading now. */
static int echo_take(echo* stream, gh_status status, gh_bytes chunk) {
    if (status == GH_END) {
        if (stream->http->finish(stream->request, NULL, 0) != GH_OK) {
            echo_give_up(stream);
        } else {
            free(stream);
        }
        return 0;
    }
    if (status == GH_OK) status = stream->http->write(stream->request, chunk, on_written, stream);
    if (status < 0) echo_give_up(stream);
    return status == GH_OK;
}

static void on_chunk(void* context, gh_status status, gh_bytes chunk, const gh_error* error) {
    echo* stream = (echo*)context;
    (void)error;
    if (echo_take(stream, status, chunk)) echo_run(stream);
}

static void echo_run(echo* stream) {
    for (;;) {
        gh_bytes chunk = {NULL, 0, NULL, NULL};
        const gh_status status = stream->http->read(stream->request, &chunk, on_chunk, stream);
        if (status == GH_PENDING || !echo_take(stream, status, chunk)) return;
    }
}

static void handle_echo(void* self, gh_request* request, const gh_request_view* view) {
    const hello* plugin = (const hello*)self;
    const gh_http* http = plugin->host->http;
    const gh_response head = response_of(200, NULL, 0, "");
    echo* stream = (echo*)malloc(sizeof(*stream));
    (void)view;
    if (stream == NULL) {
        http->abort(request, NULL);
        return;
    }
    stream->http = http;
    stream->request = request;
    if (http->start(request, &head) != GH_OK) {
        echo_give_up(stream);
        return;
    }
    echo_run(stream);
}

/* ---- lifecycle --------------------------------------------------------------------------------------------------- */

static gh_status add_route(hello* plugin, gh_str method, gh_str pattern, uint32_t flags,
                           void (*handle)(void*, gh_request*, const gh_request_view*)) {
    gh_route route;
    memset(&route, 0, sizeof(route));
    route.size = sizeof(route);
    route.flags = flags | GH_ROUTE_AUTH_OPTIONAL;
    route.method = method;
    route.pattern = pattern;
    route.operation_id = pattern;
    route.handle = handle;
    route.self = plugin;
    return plugin->host->add_route(plugin->host, &route);
}

static gh_status create(const gh_host* host, gh_str config_json, void** self) {
    hello* plugin;
    gh_status status;
    (void)config_json;
    if (!GH_HAS(host, unhold)) return GH_E_UNSUPPORTED;
    plugin = (hello*)calloc(1, sizeof(*plugin));
    if (plugin == NULL) return GH_E_INTERNAL;
    plugin->host = host;
    status = add_route(plugin, TEXT("GET"), TEXT("/hello"), 0, handle_hello);
    if (status == GH_OK) status = add_route(plugin, TEXT("GET"), TEXT("/later"), 0, handle_later);
    if (status == GH_OK) status = add_route(plugin, TEXT("POST"), TEXT("/echo"), GH_ROUTE_STREAM_IN, handle_echo);
    if (status != GH_OK) {
        free(plugin);
        return status;
    }
    *self = plugin;
    return GH_OK;
}

static void destroy(void* self) { free(self); }

#define HELLO_ID "hello_c"
#define HELLO_VERSION "1.0.0"
#define HELLO_SDK "c"

GH_PLUGIN_NOTE(HELLO_ID, HELLO_VERSION, HELLO_SDK);

GH_EXPORT const gh_plugin* GH_PLUGIN_ENTRY(void);
const gh_plugin* GH_PLUGIN_ENTRY(void) {
    static const gh_plugin plugin = {
        .size = sizeof(gh_plugin),
        .abi_minor = GH_ABI_MINOR,
        .id = {HELLO_ID, sizeof(HELLO_ID) - 1},
        .version = {HELLO_VERSION, sizeof(HELLO_VERSION) - 1},
        .sdk = {HELLO_SDK, sizeof(HELLO_SDK) - 1},
        .description = {"An example in C", 15},
        .create = create,
        .destroy = destroy,
    };
    return &plugin;
}
