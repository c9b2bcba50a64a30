/* gatehouse/ext/trace.h: host extension "gh.trace/1": spans of a plugin's own below the request's (W3C Trace Context,
 * OpenTelemetry). A span that has ended goes to the host's log at debug level and, if the operator has named a
 * collector (gateway.trace), to it by OTLP/HTTP. Whether a trace is sampled is decided once for all of it, by its id;
 * of one that is not, begin() gives NULL at once and every other function does nothing.
 */
#ifndef GATEHOUSE_EXT_TRACE_H
#define GATEHOUSE_EXT_TRACE_H

#include <gatehouse/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GH_EXT_TRACE "gh.trace/1"

enum { GH_SPAN_INTERNAL = 1, GH_SPAN_SERVER = 2, GH_SPAN_CLIENT = 3, GH_SPAN_PRODUCER = 4, GH_SPAN_CONSUMER = 5 };

/* Used by one thread at a time. Does not keep the plugin's code loaded, but must be ended before destroy(). */
typedef struct gh_span gh_span;

typedef struct gh_trace {
    uint32_t size, reserved;
    /* trace_parent: of the request being handled, or of the span above (parent()). NULL: not sampled, not a
     * traceparent, or more than 10000 spans are open. name: "charge card"; cut at 128 octets. [any] */
    gh_span* (*begin)(const gh_host*, gh_str trace_parent, gh_str name, int32_t kind);
    /* The traceparent that continues this span, for requests that belong to it; lives until end(). Empty for NULL.
     *                                                                                                        [any] */
    gh_str (*parent)(gh_span*);
    /* At most 32 attributes; key cut at 64 octets, text at 256; more are dropped. Never put secrets here.     [any] */
    void (*set_text)(gh_span*, gh_str key, gh_str value);
    void (*set_number)(gh_span*, gh_str key, int64_t value);
    /* The span is gone. status other than GH_OK marks it as failed; message says why and may be empty.        [any] */
    void (*end)(gh_span*, gh_status status, gh_str message);
} gh_trace;

#ifdef __cplusplus
}
#endif
#endif
