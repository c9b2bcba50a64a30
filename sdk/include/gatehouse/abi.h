/* gatehouse/abi.h: the plugin ABI, major 1. Pure C11 / C++11 subset; no dependency, no libc call, no implicit padding.
 * Target: LP64 little-endian (x86-64, aarch64) ELF.
 *
 * A plugin is a shared library that exports one function, gh_plugin_entry_v1(), which returns a static table. The host
 * gives create() one core table (gh_host); all else is an extension that either side asks for by string id. No symbol
 * of a plugin is resolved from the host program.
 *
 * THE RULES, all of them:
 *  R1  A released name never changes meaning or layout. New need => a member at the END of a table, a new extension id,
 *      or a new _v2 function. Nothing is removed within a major.
 *  R2  `size` is the first member of every growable struct and is set by whoever ALLOCATES it. Readers use GH_HAS().
 *      Growable structs travel by pointer, one at a time: never in arrays, never by value, never inside another one.
 *  R3  In-structs (caller -> callee): a missing tail means zero, and zero means the old behaviour. A non-zero tail that
 *      the callee does not know => GH_E_UNSUPPORTED: a feature is refused, never silently ignored.
 *  R4  Frozen value types (gh_str, gh_kv, gh_bytes, gh_op) never grow; arrays of them are fine.
 *  R5  Whoever allocates frees. Views are borrowed for the call unless marked [request]: until the request is ended by
 *      reply(), finish() or abort(). Ownership moves only through gh_bytes.release.
 *  R6  Asynchronous = "GH_OK now | GH_PENDING, then exactly one callback | an error, no callback". The callback runs on
 *      the loop given or current, never inside the call that began it, even after a cancel and during a drain.
 *  R7  No exception, longjmp, signal-mask change, setlocale, chdir, fork or exit crosses this border.
 *  R8  Enums are int32 constants or uint32 bits. Host->plugin values grow only behind an extension or a size check;
 *      plugins treat unknown values as the documented default, and ignore unknown bits.
 *  R9  Threads: [any] any; [loop] the loop that owns the object; [main] lifecycle; [worker] the plugin's own pool.
 *  R10 abi_minor is a diagnostic, not a gate. Capability = the member is present, or the extension is not NULL.
 */
#ifndef GATEHOUSE_ABI_H
#define GATEHOUSE_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define GH_EXTERN_C extern "C"
extern "C" {
#else
#define GH_EXTERN_C extern
#endif

#define GH_EXPORT GH_EXTERN_C __attribute__((visibility("default")))
#define GH_ABI_MAJOR 1
#define GH_ABI_MINOR 0

/* True if the allocator of *table knew member: the only feature test there is. */
#define GH_HAS(table, member) \
    ((table) != NULL && (table)->size >= (uint32_t)(offsetof(__typeof__(*(table)), member) + sizeof((table)->member)))

/* ---- frozen value types ------------------------------------------------------------------------------------------ */

/* UTF-8 or raw octets; not zero-ended. ptr may be NULL only when len is 0. */
typedef struct gh_str {
    const char* ptr;
    size_t len;
} gh_str;

typedef struct gh_kv {
    gh_str key, val;
} gh_kv;

/* A zero-copy hand-over: the receiver calls release(owner) exactly once when done; release NULL = nothing to free, and
 * the bytes then live as long as the plugin stays loaded (static data). release may run on any thread. */
typedef struct gh_bytes {
    const uint8_t* ptr;
    size_t len;
    void (*release)(void* owner);
    void* owner;
} gh_bytes;

/* An operation that can be cancelled. 0 = none. A stale id is ignored: it never dangles. */
typedef struct gh_op {
    uint64_t id;
} gh_op;

typedef int32_t gh_status;
enum {
    GH_OK = 0,
    GH_PENDING = 1, /* a callback follows */
    GH_END = 2,     /* no more data */
    GH_E_INTERNAL = -1,
    GH_E_INVALID = -2,     /* an argument breaks this header's rules */
    GH_E_UNSUPPORTED = -3, /* asked for something this host or plugin does not know (R3) */
    GH_E_CANCELED = -4,    /* client gone, cancel() or drain deadline */
    GH_E_TIMEOUT = -5,
    GH_E_UNAVAILABLE = -6, /* no such service, or nobody there to answer */
    GH_E_LIMIT = -7,       /* a bound was reached: body too large, queue full */
    GH_E_STATE = -8,       /* not allowed now: replied twice, wrong phase */
    GH_E_CLOSED = -9       /* the peer or the object is gone */
};

/* Why something failed. code: a short stable token ("queue_full"); message: for people, may change. May be NULL. */
typedef struct gh_error {
    uint32_t size;
    gh_status status;
    gh_str code, message;
} gh_error;

typedef void (*gh_done)(void* ctx, gh_status status, const gh_error* error);

typedef struct gh_host gh_host;
typedef struct gh_loop gh_loop;
typedef struct gh_request gh_request;

/* ---- HTTP: what a handler sees; the host fills it, nothing is copied, everything is [request] ---------------------
 */

enum {
    GH_IDENTITY_SERVICE = 1 /* the caller is another service (a call), acting for `subject` if that is not empty */
};

/* Who asks, as verified by the gateway. A plugin never parses a user's token. */
typedef struct gh_identity {
    uint32_t size, flags;
    gh_str subject;      /* user id; X-User-ID. Empty for a service that acts for nobody */
    gh_str name;         /* user name; X-User-Name */
    gh_str session;      /* session id; X-Session-ID */
    gh_str service;      /* name of the calling service with GH_IDENTITY_SERVICE, else empty */
    const gh_str* roles; /* X-User-Roles, split */
    size_t n_roles;
} gh_identity;

enum {
    GH_REQUEST_TLS = 1 /* the client's connection is encrypted */
};

typedef struct gh_request_view {
    uint32_t size, flags;
    gh_str method;
    gh_str target;      /* path and query as matched: normalised */
    gh_str path;        /* normalised, still percent-encoded where needed */
    gh_str query;       /* without '?'; empty if none */
    gh_str authority;   /* Host */
    gh_str remote_addr; /* client address without port, as the gateway trusts it */
    gh_str request_id;
    gh_str trace_parent;  /* W3C traceparent; may be empty */
    const gh_kv* headers; /* names lower-case, order kept, identity and hop-by-hop fields removed */
    size_t n_headers;
    const gh_kv* params; /* captures of the route's pattern, percent-decoded, in pattern order */
    size_t n_params;
    const gh_identity* identity; /* NULL = anonymous */
    uint64_t deadline_ns;        /* monotonic (gh_host.now_ns); 0 = none */
    gh_str body;                 /* whole body; ptr NULL when the route streams it in */
    uint64_t content_length;     /* UINT64_MAX = unknown (chunked) */
} gh_request_view;

/* headers: lower-case names; the host adds Date, Content-Length, Connection and refuses framing fields.
 * [call]: everything is copied before the function returns, but for body, whose ownership moves. */
typedef struct gh_response {
    uint32_t size;
    int32_t code; /* 200..599 */
    const gh_kv* headers;
    size_t n_headers;
    gh_bytes body;
} gh_response;

typedef void (*gh_read_done)(void* ctx, gh_status status, gh_bytes chunk, const gh_error* error);

/* Every request is ended exactly once: by reply(), by start() ... finish(), or by abort(). After that the handle and
 * all its views are gone. An error result leaves the request open, so that another answer can be tried. */
typedef struct gh_http {
    uint32_t size, reserved;
    /* One-shot answer; ends the request. body is taken even on error.                                        [any] */
    gh_status (*reply)(gh_request*, const gh_response*);
    /* Streaming answer: start, then write*, then finish. response.body is sent first.
     * write: GH_OK = room left; GH_PENDING = wait for done before the next write (back-pressure).            [loop] */
    gh_status (*start)(gh_request*, const gh_response*);
    gh_status (*write)(gh_request*, gh_bytes chunk, gh_done done, void* ctx);
    gh_status (*finish)(gh_request*, const gh_kv* trailers, size_t n);
    /* Gives up: 500 if nothing was sent, else the client sees a cut body. Ends the request.                  [any] */
    void (*abort)(gh_request*, const gh_error*);
    /* Pull the body (GH_ROUTE_STREAM_IN): GH_OK fills *out; GH_PENDING -> cb once; GH_END = no more.
     * Not reading is back-pressure on the client's connection.                                               [loop] */
    gh_status (*read)(gh_request*, gh_bytes* out, gh_read_done cb, void* ctx);
    /* Client gone, deadline passed or drain deadline: cb at most once, on the request's loop. Still end the request
     * after it. A later on_cancel() replaces cb. Once the request was ended on its loop, cb does not run any more.
     * reply() and abort() on another thread race with it: cb may be running then, and up to a function that was posted
     * to the loop afterwards; what ctx points to has to live until that one runs. [loop] */
    gh_status (*on_cancel)(gh_request*, gh_done cb, void* ctx);
    gh_loop* (*loop)(gh_request*); /* [any] */
} gh_http;

/* ---- routes ------------------------------------------------------------------------------------------------------ */

enum {
    GH_ROUTE_STREAM_IN = 1,     /* handle() is called before the body has arrived; pull it with read() */
    GH_ROUTE_AUTH_OPTIONAL = 2, /* anonymous callers are let in; without this bit they get 401 from the host */
    GH_ROUTE_INTERNAL = 4,      /* only for calls from other services; 404 for everybody else */
    GH_ROUTE_BLOCKING = 8       /* handle() may block: it runs on a [worker], not on a [loop] */
};

/* pattern: literal segments, {name} for one segment, {name:int} for one of digits, a last {name*} for the rest.
 * GET also serves HEAD. A trailing slash is matched with or without. Conflicting patterns are an error. */
typedef struct gh_route {
    uint32_t size, flags;
    gh_str method, pattern;
    gh_str operation_id;
    gh_str roles;           /* space separated; the caller needs one of them, else 403; empty = any */
    uint32_t timeout_ms;    /* 0 = host default */
    uint32_t max_in_flight; /* per generation; above it 503; 0 = no bound but the pool's queue */
    uint64_t max_body;      /* octets; above it 413; 0 = host default */
    void (*handle)(void* self, gh_request*, const gh_request_view*); /* [loop] or [worker] */
    void* self;
} gh_route;

/* ---- host core: the only table that every plugin gets --------------------------------------------------------------
 */

enum { GH_LOG_TRACE = 0, GH_LOG_DEBUG = 1, GH_LOG_INFO = 2, GH_LOG_WARN = 3, GH_LOG_ERROR = 4 };
enum { GH_COUNTER = 0, GH_GAUGE = 1, GH_HISTOGRAM = 2 };

typedef struct gh_metric {
    uint32_t size;
    int32_t kind;
    gh_str name, help, unit;
    const gh_str* label_names;
    size_t n_labels;
    const double* buckets; /* ascending upper bounds; histograms only */
    size_t n_buckets;
} gh_metric;

struct gh_host {
    uint32_t size, abi_minor;
    void* impl; /* the host's own */
    const gh_http* http;
    /* NULL = not offered. The table lives until destroy() returns.                                           [any] */
    const void* (*extension)(const gh_host*, const char* id);
    /* Explains why create() is about to fail.                                                               [main] */
    void (*fail)(const gh_host*, const gh_error*);
    /* Only inside create().                                                                                 [main] */
    gh_status (*add_route)(const gh_host*, const gh_route*);
    int32_t (*log_level)(const gh_host*);                                                      /* [any] */
    void (*log)(const gh_host*, int32_t level, gh_str message, const gh_kv* fields, size_t n); /* [any] */
    /* Only inside create(). The same name from two generations is the same metric.                          [main] */
    gh_status (*metric)(const gh_host*, const gh_metric*, uint32_t* id);
    /* labels: as many as declared. Counter: adds v >= 0; gauge: sets; histogram: observes.                   [any] */
    void (*record)(const gh_host*, uint32_t id, double v, const gh_str* labels);
    uint64_t (*now_ns)(const gh_host*);                  /* monotonic clock            [any] */
    uint32_t (*n_loops)(const gh_host*);                 /* [any] */
    gh_loop* (*loop_at)(const gh_host*, uint32_t index); /* [any] */
    gh_loop* (*loop_here)(const gh_host*);               /* NULL off-loop              [any] */
    /* fn(ctx) once on that loop, soon.                                                                       [any] */
    gh_status (*post)(const gh_host*, gh_loop*, void (*fn)(void*), void* ctx);
    /* GH_PENDING; done(GH_OK) after ns or done(GH_E_CANCELED), on that loop. Resolution: 10 ms.              [any] */
    gh_status (*sleep)(const gh_host*, gh_loop*, uint64_t ns, gh_done done, void* ctx, gh_op* op);
    /* work(ctx) on a [worker], then done on resume_on. GH_E_LIMIT when the pool's queue is full.             [any] */
    gh_status (*offload)(const gh_host*, gh_loop* resume_on, void (*work)(void*), gh_done done, void* ctx);
    void (*cancel)(const gh_host*, gh_op); /* idempotent                 [any] */
    /* Keeps this code mapped until unhold(); `why` is shown to operators.                                    [any] */
    gh_status (*hold)(const gh_host*, gh_str why, gh_op* op);
    void (*unhold)(const gh_host*, gh_op); /* the last call you make     [any] */
};

/* ---- plugin ------------------------------------------------------------------------------------------------------ */

/* Static and constant for as long as the library is loaded. create and destroy are required; the others may be NULL.
 * Order: create, start, (health)*, drain, stop, destroy. destroy follows a failed start. */
typedef struct gh_plugin {
    uint32_t size, abi_minor;
    gh_str id, version, sdk, description; /* "acme.posts", semver, "gatehouse-cpp/1.0.0", a sentence */
    gh_str config_schema;                 /* JSON Schema of the configuration; may be empty */
    gh_str openapi;                       /* OpenAPI 3.1 JSON; may be empty: then extension gh.openapi/1 */
    const char* const* needs;             /* ids of required host extensions, NULL-ended; may be NULL */
    gh_status (*create)(const gh_host*, gh_str config_json, void** self); /* no I/O, < 100 ms         [main] */
    gh_status (*start)(void* self, gh_done done, void* ctx);              /* connect, migrate; may block [main] */
    gh_status (*health)(void* self, gh_done done, void* ctx);             /* cheap                    [loop] */
    gh_status (*drain)(void* self, uint64_t deadline_ns, gh_done done, void* ctx); /* no new background work   [main] */
    gh_status (*stop)(void* self, gh_done done, void* ctx); /* after the last request; may block [main] */
    void (*destroy)(void* self);                            /* frees all; no host call after [main] */
    const void* (*extension)(void* self, const char* id);   /* NULL = not implemented   [main] */
} gh_plugin;

/* The one exported symbol. Pure: no side effect, static result. The major is in the name, so one library may export
 * _v1 and _v2, and a host may serve both for ever. */
typedef const gh_plugin* (*gh_plugin_entry_fn)(void);
#define GH_PLUGIN_ENTRY gh_plugin_entry_v1
#define GH_PLUGIN_ENTRY_NAME "gh_plugin_entry_v1"

/* Self-description that is readable without dlopen: an ELF note, owner "GH", type GH_NOTE_TYPE, whose text is
 * "id=<id>\nversion=<semver>\nabi=<major>.<minor>\nsdk=<name>\n". */
#define GH_NOTE_TYPE 0x47573031u
#define GH_NOTE_SECTION ".note.gh.plugin"
#define GH_STRINGIFY_(x) #x
#define GH_STRINGIFY(x) GH_STRINGIFY_(x)
#define GH_NOTE_TEXT(ID, VERSION, SDK) \
    "id=" ID "\nversion=" VERSION "\nabi=" GH_STRINGIFY(GH_ABI_MAJOR) "." GH_STRINGIFY(GH_ABI_MINOR) "\nsdk=" SDK "\n"
#define GH_PLUGIN_NOTE(ID, VERSION, SDK)                                                          \
    __attribute__((used, section(GH_NOTE_SECTION), aligned(4))) static const struct {             \
        uint32_t name_size, text_size, type;                                                      \
        char name[4];                                                                             \
        char text[(sizeof(GH_NOTE_TEXT(ID, VERSION, SDK)) + 3) & ~(size_t)3];                     \
    } gh_plugin_note_ = {3, (uint32_t)sizeof(GH_NOTE_TEXT(ID, VERSION, SDK)), GH_NOTE_TYPE, "GH", \
                         GH_NOTE_TEXT(ID, VERSION, SDK)}

#ifdef __cplusplus
}
#endif
#endif
