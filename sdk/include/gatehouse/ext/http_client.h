/* gatehouse/ext/http_client.h: host extension "gh.http_client/1": HTTP requests that do not block, by rule R6 of abi.h.
 *
 * To a service by its name in routes.yaml: in this process straight into the plugin, elsewhere over the host's pooled
 * connections with the signed identity; routes marked GH_ROUTE_INTERNAL can be reached, as by gh.call/1. Or to an
 * absolute URL that the operator has allowed (gateway.http_client.allow). No redirect is followed and nothing is
 * decoded. Deadline, trace and identity travel along only as far as the request says so.
 *
 * Every request counts as an operation of the plugin until its last callback has returned (and its response was
 * closed); at the drain deadline those under way end with GH_E_CANCELED, and new ones do so at once.
 */
#ifndef GATEHOUSE_EXT_HTTP_CLIENT_H
#define GATEHOUSE_EXT_HTTP_CLIENT_H

#include <gatehouse/abi.h>
#include <gatehouse/ext/call.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GH_EXT_HTTP_CLIENT "gh.http_client/1"

/* An answer whose body is being read. */
typedef struct gh_client_response gh_client_response;

/* The body of a request, piece by piece, when the host has room for more: GH_OK = *out is filled; GH_END = that was
 * all; GH_PENDING = done(done_ctx, …) follows exactly once, with GH_OK and a piece, GH_END or an error, on the same
 * loop, also when the request has ended meanwhile; an error gives the request up with that status. Not called again
 * after GH_END or an error, after close(), nor after an answer that was fetched or did not come. [loop] */
typedef gh_status (*gh_client_pull)(void* ctx, gh_bytes* out, gh_read_done done, void* done_ctx);

/* Everything is copied before the function returns. */
typedef struct gh_client_request {
    uint32_t size;
    uint32_t retries;      /* at most so many more attempts, 0..3; see send() */
    gh_str service;        /* name under services: in routes.yaml; empty with url */
    gh_str url;            /* "http://api.example.com:8080/path?query"; empty with service */
    gh_str method, target; /* "GET", "/api/users?ids=1,2"; target is empty with url */
    const gh_kv* headers;  /* identity, hop-by-hop and framing fields and Host are refused */
    size_t n_headers;
    gh_str body;
    gh_client_pull pull; /* not NULL: the body comes from here, and `body` is empty */
    void* pull_ctx;
    uint64_t content_length;     /* with pull; 0 = unknown (chunked) */
    const gh_identity* identity; /* on whose behalf; NULL = the service's own. Never sent to a url: NULL there */
    uint64_t deadline_ns;        /* monotonic, for all of the answer; 0 = 15 s from now, UINT64_MAX = none */
    gh_str request_id, trace_parent;
} gh_client_request;

/* Lives only during the callback, but for body, which is the plugin's until close(). */
typedef struct gh_client_head {
    uint32_t size;
    int32_t code; /* any HTTP status, 5xx too, is an answer */
    const gh_kv* headers;
    size_t n_headers;
    gh_client_response* body;
} gh_client_head;

/* head is NULL unless status is GH_OK. GH_E_UNAVAILABLE: no such service, or nobody answers. GH_E_TIMEOUT: the deadline
 * has passed. GH_E_CANCELED: cancel() or drain. GH_E_UNSUPPORTED: https. GH_E_INVALID: this URL is not allowed. */
typedef void (*gh_client_done)(void* ctx, gh_status status, const gh_client_head* head, const gh_error* error);

typedef struct gh_http_client {
    uint32_t size, reserved;
    /* Sends the request; done once on `loop` (NULL = the current one) when the response's head is there. *op may be
     * NULL. GH_PENDING, or an error without a callback: GH_E_INVALID, GH_E_STATE (no loop), GH_E_CANCELED (draining for
     * too long), GH_E_LIMIT (1000 under way on that loop).
     *
     * Retries: a failed connect tries the next endpoint and costs none. GET, HEAD, OPTIONS, PUT and DELETE with a whole
     * body are tried again, after a short pause, when no connection could be had, when the connection broke before the
     * answer began, and after 502 and 503; in all at most one retry per five requests to a service, so that a service
     * that is down is not asked four times as often.                                                         [any] */
    gh_status (*send)(const gh_host*, gh_loop* loop, const gh_client_request*, gh_client_done done, void* ctx,
                      gh_op* op);
    /* As gh_http.read: GH_OK = *out is filled, the receiver releases it; GH_PENDING = cb once; GH_END = no more. Not
     * reading is back-pressure on the sender.                                                               [loop] */
    gh_status (*read)(gh_client_response*, gh_bytes* out, gh_read_done cb, void* ctx);
    /* Exactly once per response, read to its end or not; the handle is gone. A read that is pending still calls back,
     * with GH_E_CANCELED.                                                                                    [any] */
    void (*close)(gh_client_response*);
    /* send() and collect: done once on `loop` with the whole answer, at most 16 MiB (above: GH_E_LIMIT).      [any] */
    gh_status (*fetch)(const gh_host*, gh_loop* loop, const gh_client_request*, gh_call_done done, void* ctx,
                       gh_op* op);
    /* The callback that is awaited comes soon, with GH_E_CANCELED; a response stays open until close(). Idempotent.
     * gh_host.cancel() does not know these operations.                                                       [any] */
    void (*cancel)(const gh_host*, gh_op);
} gh_http_client;

#ifdef __cplusplus
}
#endif
#endif
