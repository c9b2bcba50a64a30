/* gatehouse/ext/events.h: host extension "gh.events/1": durable events between services.
 *
 * At least once, in order per (source, subject). The publisher keeps an event in its own database (an outbox) until
 * publish() says that it is safe; the consumer notes in its own database (an inbox) what it has seen, in the same
 * transaction as its effect. So every committed change takes effect exactly once in every consumer, whatever is killed.
 * Behind it: nothing but the processes themselves (`embedded`), RabbitMQ or Kafka. On the wire: CloudEvents 1.0, JSON.
 */
#ifndef GATEHOUSE_EXT_EVENTS_H
#define GATEHOUSE_EXT_EVENTS_H

#include <gatehouse/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GH_EXT_EVENTS "gh.events/1"

/* All views live for the call. */
typedef struct gh_event {
    uint32_t size, flags;
    gh_str id;           /* unique within source, at most 64 octets */
    gh_str source;       /* name of the publishing service; the host fills it in when publishing */
    gh_str type;         /* "post.created": lower-case words, digits, '_', '-', '.'; at most 100 octets */
    gh_str subject;      /* "post/7": events of one source and subject are delivered in order; empty = no order */
    gh_str time;         /* RFC 3339, UTC */
    gh_str data;         /* JSON text, at most 256 KiB */
    gh_str trace_parent; /* may be empty */
    uint64_t sequence;   /* position in the source's outbox, increasing per subject; 0 = unknown */
} gh_event;

/* GH_OK: done for good (processed, seen before, or put aside as a dead letter). Anything else: deliver it again later,
 * and nothing of the same source and subject before it. May block; runs on a thread of the host's.        [worker] */
typedef gh_status (*gh_event_handler)(void* ctx, const gh_event*);

typedef struct gh_events {
    uint32_t size, reserved;
    /* Only inside create(). This service wants events of that type, from any source. The service's name is the consumer
     * group: each event reaches one process of it. One handler per type; again = GH_E_STATE.               [main] */
    gh_status (*subscribe)(const gh_host*, gh_str type, gh_event_handler handler, void* ctx);
    /* Hands events over, in order, and blocks until each is safe or given up: the broker has confirmed it, or
     * (embedded) every subscriber has processed it. results[i]: GH_OK, or why not; after a failed one the later ones of
     * its subject fail too (GH_E_STATE). GH_OK if all are safe. At most 1000 at a time. Pointers are [request]-like:
     * borrowed for the call. deadline_ns: monotonic, 0 = 30 s from now. GH_E_STATE on a loop thread. [worker] */
    gh_status (*publish)(const gh_host*, const gh_event* const* events, size_t n, uint64_t deadline_ns,
                         gh_status* results);
} gh_events;

#ifdef __cplusplus
}
#endif
#endif
