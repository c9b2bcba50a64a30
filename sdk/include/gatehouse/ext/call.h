/* gatehouse/ext/call.h: host extension "gh.call/1": a request from one service to another, by the service's name.
 *
 * The same semantics wherever the other service lives: in this process the handler runs on the caller's own thread (no
 * socket, no thread hop, no deadlock on a full pool); elsewhere the host sends HTTP over its pooled connections. The
 * deadline, the trace and the identity travel along, and routes marked GH_ROUTE_INTERNAL can be reached only this way.
 */
#ifndef GATEHOUSE_EXT_CALL_H
#define GATEHOUSE_EXT_CALL_H

#include <gatehouse/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GH_EXT_CALL "gh.call/1"

typedef struct gh_call_request {
    uint32_t size, flags;
    gh_str service;        /* name under services: in routes.yaml */
    gh_str method, target; /* "GET", "/api/users?ids=1,2" */
    const gh_kv* headers;  /* identity and hop-by-hop fields are refused */
    size_t n_headers;
    gh_str body;
    const gh_identity* identity; /* on whose behalf; usually the current request's; NULL = the service's own */
    uint64_t deadline_ns;        /* monotonic; 0 = the host's default */
    gh_str request_id, trace_parent;
} gh_call_request;

/* Lives only during the callback. */
typedef struct gh_call_response {
    uint32_t size;
    int32_t code;
    const gh_kv* headers;
    size_t n_headers;
    gh_str body; /* at most 16 MiB; a larger answer is GH_E_LIMIT */
} gh_call_response;

/* response is NULL unless status is GH_OK; any HTTP status, 5xx too, is GH_OK. */
typedef void (*gh_call_done)(void* ctx, gh_status status, const gh_call_response* response, const gh_error* error);

typedef struct gh_call {
    uint32_t size, reserved;
    /* Blocks until answered. done runs on this thread before perform() returns, unless the result is an error:
     * GH_E_STATE on a loop thread or when calls nest deeper than 8, GH_E_INVALID.                         [worker] */
    gh_status (*perform)(const gh_host*, const gh_call_request*, gh_call_done done, void* ctx);
} gh_call;

#ifdef __cplusplus
}
#endif
#endif
