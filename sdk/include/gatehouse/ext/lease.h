/* gatehouse/ext/lease.h: host extension "gh.lease/1": the right to do something alone, by name: run a background job,
 * poll a mailbox. Names belong to the service. At any time at most one holder has a lease:
 *
 *  - in one process: only the generation that takes the requests can hold one. In a reload the new generation gets it
 *    after the old one's LOST callback has returned and its work under the lease is done (enter() … leave(), at most
 *    until the drain deadline), and the other way round when the reload is rolled back.
 *  - in the whole system, if the host's store is shared (Redis): the host renews the lease in time. When it cannot, it
 *    says LOST before the time to live has passed, and only after that can another process gain it.
 *
 * What this promises and what not: a process that is stopped or starved (SIGSTOP, swapping, a debugger, a blocked loop)
 * between "I hold it" and its next effect may act after its lease was lost, and so may one whose store forgets (a Redis
 * that restarts empty or fails over). No lease can prevent that; a fencing token can: every gain gives a number larger
 * than all before it. Write it with the effect (a column, a condition) and refuse a smaller one than the last seen.
 */
#ifndef GATEHOUSE_EXT_LEASE_H
#define GATEHOUSE_EXT_LEASE_H

#include <gatehouse/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GH_EXT_LEASE "gh.lease/1"
#define GH_LEASE_NAME_MAX 128u /* octets; at least 1 */
#define GH_LEASE_TTL_MIN_MS 200u
#define GH_LEASE_TTL_MAX_MS 3600000u

/* What on_change tells; plugins ignore others. */
enum {
    GH_LEASE_GAINED = 1, /* held from now on; token is this gain's */
    GH_LEASE_LOST = 2,   /* no longer held; may be gained again later */
    GH_LEASE_ENDED = 3   /* released (and lost, if it was held): the last callback; ctx is not used any more */
};

/* In order, one at a time, never inside acquire() or release(). token: of the gain, else 0.                  [loop] */
typedef void (*gh_lease_change)(void* ctx, int32_t change, uint64_t token);

typedef struct gh_lease {
    uint32_t size, reserved;
    /* From now on the host tries to get the lease, renews it and tries again after a loss, until release(). Callbacks
     * run on `loop`; NULL: the current one, or one of the host's choice. ttl_ms: how long after the death of a holder
     * nobody can have it. GH_PENDING, or an error without callbacks: GH_E_INVALID. [any] */
    gh_status (*acquire)(const gh_host*, gh_str name, uint64_t ttl_ms, gh_loop* loop, gh_lease_change on_change,
                         void* ctx, gh_op* op);
    /* Gives it up and stops trying; ENDED follows. A stale op is ignored. A generation that is destroyed has released
     * everything, without callbacks.                                                                         [any] */
    void (*release)(const gh_host*, gh_op op);
    /* Begins a piece of work under the lease. GH_OK: held at this moment; the host does not hand it over of its own
     * accord before leave(), though it may be lost. GH_E_STATE: not held, or to be handed over: do not begin. Calls
     * nest; *token (may be NULL) is the fencing token. [any] */
    gh_status (*enter)(const gh_host*, gh_op op, uint64_t* token);
    void (*leave)(const gh_host*, gh_op op); /* once per enter() that gave GH_OK                               [any] */
} gh_lease;

#ifdef __cplusplus
}
#endif
#endif
