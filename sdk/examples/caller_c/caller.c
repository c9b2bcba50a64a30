/* A plugin in C that asks another service without blocking, two ways:
 *   GET /fetch/{name}   the whole answer in one callback
 *   GET /stream/{name}  the answer in pieces, each passed on when the client has taken the one before
 * Configuration: none; the other service is called "hello". */
#include <gatehouse/abi.h>
#include <gatehouse/ext/http_client.h>

#include <stdlib.h>
#include <string.h>

GH_PLUGIN_NOTE("caller_c", "1.0.0", "c");

typedef struct caller {
    const gh_host* host;
    const gh_http_client* client;
} caller;

/* One request under way. */
typedef struct exchange {
    const caller* self;
    gh_request* request;
    gh_client_response* response;
    gh_op op;
    char target[128];
} exchange;

static gh_str str(const char* text) { return (gh_str){text, strlen(text)}; }
static gh_bytes no_bytes(void) { return (gh_bytes){NULL, 0, NULL, NULL}; }

static void release(gh_bytes bytes) {
    if (bytes.release != NULL) bytes.release(bytes.owner);
}

/* ---- the end of an exchange ----------------------------------------------------------------------------------------
 */

static void reply(exchange* e, int32_t code, gh_str type, gh_bytes body) {
    const gh_kv field = {str("content-type"), type};
    const gh_response response = {sizeof(response), code, &field, 1, body};
    if (e->self->host->http->reply(e->request, &response) != GH_OK) e->self->host->http->abort(e->request, NULL);
    free(e);
}

/* Nobody answered: 503, as a service in C++ would answer by itself. */
static void fail(exchange* e) {
    static const char kBody[] = "{\"type\":\"about:blank\",\"title\":\"Service Unavailable\",\"status\":503}";
    reply(e, 503, str("application/problem+json"), (gh_bytes){(const uint8_t*)kBody, sizeof(kBody) - 1, NULL, NULL});
}

/* ---- the whole answer at once ---------------------------------------------------------------------------------------
 */

static void on_answer(void* ctx, gh_status status, const gh_call_response* answer, const gh_error* error) {
    exchange* e = ctx;
    (void)error;
    if (status != GH_OK) {
        fail(e);
        return;
    }
    /* The answer lives only during this call. */
    uint8_t* copy = malloc(answer->body.len + 1);
    if (copy == NULL) {
        fail(e);
        return;
    }
    if (answer->body.len > 0) memcpy(copy, answer->body.ptr, answer->body.len);
    reply(e, answer->code, str("application/json"), (gh_bytes){copy, answer->body.len, free, copy});
}

/* ---- the answer in pieces
 * -------------------------------------------------------------------------------------------- */

static void pass_on(exchange* e);

static void end(exchange* e, gh_status status) {
    const gh_http* http = e->self->host->http;
    e->self->client->close(e->response);
    if (status != GH_END || http->finish(e->request, NULL, 0) < 0) http->abort(e->request, NULL);
    free(e);
}

static void on_written(void* ctx, gh_status status, const gh_error* error) {
    (void)error;
    if (status < 0) {
        end(ctx, status);
    } else {
        pass_on(ctx);
    }
}

/* Writes a piece; true if the next one may be read at once. */
static int write_piece(exchange* e, gh_bytes piece) {
    const gh_status status = e->self->host->http->write(e->request, piece, on_written, e);
    if (status < 0) end(e, status);
    return status == GH_OK;
}

static void on_piece(void* ctx, gh_status status, gh_bytes piece, const gh_error* error) {
    exchange* e = ctx;
    (void)error;
    if (status != GH_OK) {
        release(piece);
        end(e, status);
    } else if (write_piece(e, piece)) {
        pass_on(e);
    }
}

static void pass_on(exchange* e) {
    for (;;) {
        gh_bytes piece = no_bytes();
        const gh_status status = e->self->client->read(e->response, &piece, on_piece, e);
        if (status == GH_PENDING) return;
        if (status != GH_OK) {
            end(e, status);
            return;
        }
        if (!write_piece(e, piece)) return;
    }
}

static void on_head(void* ctx, gh_status status, const gh_client_head* head, const gh_error* error) {
    exchange* e = ctx;
    (void)error;
    if (status != GH_OK) {
        fail(e);
        return;
    }
    e->response = head->body;
    const gh_response start = {sizeof(start), head->code, NULL, 0, no_bytes()};
    if (e->self->host->http->start(e->request, &start) < 0) {
        end(e, GH_E_CLOSED);
        return;
    }
    pass_on(e);
}

/* The client is gone: the callback that is awaited comes soon, with GH_E_CANCELED, and ends the exchange. */
static void on_canceled(void* ctx, gh_status status, const gh_error* error) {
    const exchange* e = ctx;
    (void)status, (void)error;
    e->self->client->cancel(e->self->host, e->op);
}

/* ---- both
 * ------------------------------------------------------------------------------------------------------------ */

static exchange* begin(caller* self, gh_request* request, const gh_request_view* view, gh_client_request* asked) {
    static const char kPath[] = "/hello/";
    const gh_str name = view->params[0].val;
    exchange* e = calloc(1, sizeof(*e));
    if (e == NULL || sizeof(kPath) + name.len > sizeof(e->target)) {
        free(e);
        self->host->http->abort(request, NULL);
        return NULL;
    }
    e->self = self;
    e->request = request;
    memcpy(e->target, kPath, sizeof(kPath) - 1);
    memcpy(e->target + sizeof(kPath) - 1, name.ptr, name.len);
    *asked = (gh_client_request){.size = sizeof(*asked), .retries = 1};
    asked->service = str("hello");
    asked->method = str("GET");
    asked->target = str(e->target);
    asked->identity = view->identity; /* on behalf of who asks us, and no longer than they wait */
    asked->deadline_ns = view->deadline_ns;
    asked->request_id = view->request_id;
    asked->trace_parent = view->trace_parent;
    self->host->http->on_cancel(request, on_canceled, e);
    return e;
}

static void handle_fetch(void* ctx, gh_request* request, const gh_request_view* view) {
    caller* self = ctx;
    gh_client_request asked;
    exchange* e = begin(self, request, view, &asked);
    if (e != NULL && self->client->fetch(self->host, NULL, &asked, on_answer, e, &e->op) != GH_PENDING) fail(e);
}

static void handle_stream(void* ctx, gh_request* request, const gh_request_view* view) {
    caller* self = ctx;
    gh_client_request asked;
    exchange* e = begin(self, request, view, &asked);
    if (e != NULL && self->client->send(self->host, NULL, &asked, on_head, e, &e->op) != GH_PENDING) fail(e);
}

static gh_status add(caller* self, const char* pattern, void (*handle)(void*, gh_request*, const gh_request_view*)) {
    gh_route route = {.size = sizeof(route), .flags = GH_ROUTE_AUTH_OPTIONAL};
    route.method = str("GET");
    route.pattern = str(pattern);
    route.handle = handle;
    route.self = self;
    return self->host->add_route(self->host, &route);
}

static gh_status create(const gh_host* host, gh_str config_json, void** out) {
    (void)config_json;
    caller* self = calloc(1, sizeof(*self));
    if (self == NULL) return GH_E_INTERNAL;
    self->host = host;
    self->client = host->extension(host, GH_EXT_HTTP_CLIENT);
    gh_status status = add(self, "/fetch/{name}", handle_fetch);
    if (status == GH_OK) status = add(self, "/stream/{name}", handle_stream);
    if (status != GH_OK) {
        free(self);
        return status;
    }
    *out = self;
    return GH_OK;
}

static void destroy(void* self) { free(self); }

GH_EXPORT const gh_plugin* GH_PLUGIN_ENTRY(void) {
    static const char* const kNeeds[] = {GH_EXT_HTTP_CLIENT, NULL};
    static const gh_plugin kPlugin = {.size = sizeof(kPlugin),
                                      .abi_minor = GH_ABI_MINOR,
                                      .id = {"caller_c", 8},
                                      .version = {"1.0.0", 5},
                                      .sdk = {"c", 1},
                                      .description = {"Asks another service, in C", 26},
                                      .needs = kNeeds,
                                      .create = create,
                                      .destroy = destroy};
    return &kPlugin;
}
