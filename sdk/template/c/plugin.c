/* gatehouse_sample: the plugin's routes, and what the gateway calls. The rules are on top of <gatehouse/abi.h>. */
#include <gatehouse/abi.h>

#include <stdlib.h>
#include <string.h>

#include "shelf.h"

#define TEXT(literal) ((gh_str){(literal), sizeof(literal) - 1})

typedef struct plugin {
    const gh_host* host;
    shelf* texts;
} plugin;

/* ---- answers: each ends the request ------------------------------------------------------------------------------ */

static void reply(plugin* self, gh_request* request, int32_t code, gh_str content_type, gh_bytes body) {
    const gh_kv headers[] = {{TEXT("content-type"), content_type}};
    gh_response response;
    memset(&response, 0, sizeof(response));
    response.size = sizeof(response);
    response.code = code;
    if (content_type.len > 0) {
        response.headers = headers;
        response.n_headers = 1;
    }
    response.body = body; /* taken, whatever the result */
    if (self->host->http->reply(request, &response) != GH_OK) self->host->http->abort(request, NULL);
}

/* Bytes from malloc(): the host frees them when they are sent. */
static void reply_owned(plugin* self, gh_request* request, gh_str content_type, char* bytes, size_t size) {
    const gh_bytes body = {(const uint8_t*)bytes, size, free, bytes};
    reply(self, request, 200, content_type, body);
}

static void reply_empty(plugin* self, gh_request* request, int32_t code) {
    const gh_bytes nothing = {NULL, 0, NULL, NULL};
    const gh_str no_type = {NULL, 0};
    reply(self, request, code, no_type, nothing);
}

/* json: a literal, which lives as long as the library and needs no release. */
static void reply_problem(plugin* self, gh_request* request, int32_t code, const char* json) {
    const gh_bytes body = {(const uint8_t*)json, strlen(json), NULL, NULL};
    reply(self, request, code, TEXT("application/problem+json"), body);
}

static void reply_not_found(plugin* self, gh_request* request) {
    reply_problem(self, request, 404, "{\"title\":\"Not Found\",\"status\":404,\"detail\":\"There is no such text.\"}");
}

/* ---- handlers: they run on an event loop and must not block ------------------------------------------------------ */

/* The {key} of the route's pattern. */
static gh_str key_of(const gh_request_view* view) { return view->params[0].val; }

static void handle_list(void* context, gh_request* request, const gh_request_view* view) {
    plugin* self = (plugin*)context;
    size_t size = 0;
    char* json = shelf_keys_json(self->texts, &size);
    (void)view;
    if (json == NULL) {
        self->host->http->abort(request, NULL);
        return;
    }
    reply_owned(self, request, TEXT("application/json"), json, size);
}

static void handle_get(void* context, gh_request* request, const gh_request_view* view) {
    plugin* self = (plugin*)context;
    const gh_str key = key_of(view);
    size_t size = 0;
    char* text = shelf_get(self->texts, key.ptr, key.len, &size);
    if (text == NULL) {
        reply_not_found(self, request);
        return;
    }
    reply_owned(self, request, TEXT("text/plain; charset=utf-8"), text, size);
}

static void handle_put(void* context, gh_request* request, const gh_request_view* view) {
    plugin* self = (plugin*)context;
    const gh_str key = key_of(view);
    if (!shelf_is_key(key.ptr, key.len)) {
        reply_problem(self, request, 422,
                      "{\"title\":\"Unprocessable Content\",\"status\":422,"
                      "\"detail\":\"A key has 1 to 64 of a-z, 0-9, - and _.\"}");
        return;
    }
    switch (shelf_put(self->texts, key.ptr, key.len, view->body.ptr, view->body.len)) {
        case SHELF_ADDED: reply_empty(self, request, 201); return;
        case SHELF_REPLACED: reply_empty(self, request, 204); return;
        case SHELF_FULL: break;
    }
    reply_problem(self, request, 409, "{\"title\":\"Conflict\",\"status\":409,\"detail\":\"The shelf is full.\"}");
}

static void handle_delete(void* context, gh_request* request, const gh_request_view* view) {
    plugin* self = (plugin*)context;
    const gh_str key = key_of(view);
    if (shelf_remove(self->texts, key.ptr, key.len)) {
        reply_empty(self, request, 204);
    } else {
        reply_not_found(self, request);
    }
}

/* ---- lifecycle --------------------------------------------------------------------------------------------------- */

static void destroy(void* context) {
    plugin* self = (plugin*)context;
    shelf_destroy(self->texts);
    free(self);
}

static gh_status add_route(plugin* self, gh_str method, gh_str pattern, gh_str operation,
                           void (*handle)(void*, gh_request*, const gh_request_view*)) {
    gh_route route;
    memset(&route, 0, sizeof(route)); /* what is not named keeps its default, also in later versions */
    route.size = sizeof(route);
    route.flags = GH_ROUTE_AUTH_OPTIONAL; /* without it: 401 for anonymous callers */
    route.method = method;
    route.pattern = pattern;
    route.operation_id = operation;
    route.max_body = 64 * 1024;
    route.handle = handle;
    route.self = self;
    return self->host->add_route(self->host, &route);
}

/* No I/O here; that is for start(). config_json is the `config:` of the service in routes.yaml. */
static gh_status create(const gh_host* host, gh_str config_json, void** result) {
    const gh_str all = TEXT("/api/gatehouse_sample"), one = TEXT("/api/gatehouse_sample/{key}");
    plugin* self;
    gh_status status;
    (void)config_json;
    if (!GH_HAS(host, add_route)) return GH_E_UNSUPPORTED;
    self = (plugin*)calloc(1, sizeof(*self));
    if (self == NULL) return GH_E_INTERNAL;
    self->host = host;
    self->texts = shelf_create();
    if (self->texts == NULL) {
        free(self);
        return GH_E_INTERNAL;
    }
    status = add_route(self, TEXT("GET"), all, TEXT("list_texts"), handle_list);
    if (status == GH_OK) status = add_route(self, TEXT("GET"), one, TEXT("get_text"), handle_get);
    if (status == GH_OK) status = add_route(self, TEXT("PUT"), one, TEXT("put_text"), handle_put);
    if (status == GH_OK) status = add_route(self, TEXT("DELETE"), one, TEXT("delete_text"), handle_delete);
    if (status != GH_OK) {
        destroy(self);
        return status;
    }
    *result = self;
    return GH_OK;
}

GH_PLUGIN_NOTE("gatehouse_sample", "0.1.0", "c");

GH_EXPORT const gh_plugin* GH_PLUGIN_ENTRY(void);
const gh_plugin* GH_PLUGIN_ENTRY(void) {
    static const gh_plugin table = {
        .size = sizeof(gh_plugin),
        .abi_minor = GH_ABI_MINOR,
        .id = {"gatehouse_sample", sizeof("gatehouse_sample") - 1},
        .version = {"0.1.0", 5},
        .sdk = {"c", 1},
        .description = {"Texts by key, in memory", 23},
        .create = create,
        .destroy = destroy,
    };
    return &table;
}
