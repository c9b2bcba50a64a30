/* gatehouse/ext/kv.h: host extension "gh.kv/1": small values by key that outlive a generation, with a time to live and
 * compare-and-set. For caches, counters and marks ("seen this token"), not for what must not be lost: the memory store
 * forgets when the process ends and may evict what was not used for long; Redis keeps what Redis is configured to keep.
 *
 * Keys belong to the service that writes them: two services never see each other's, all generations and, with a shared
 * store, all processes of one service do. Every change of a key gives it a version that this key never had before; 0
 * stands for "absent". A change is atomic. Whether a change that ended with GH_E_TIMEOUT or GH_E_CANCELED was made is
 * unknown.
 */
#ifndef GATEHOUSE_EXT_KV_H
#define GATEHOUSE_EXT_KV_H

#include <gatehouse/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GH_EXT_KV "gh.kv/1"
#define GH_KV_KEY_MAX 512u              /* octets; at least 1; any octets */
#define GH_KV_VALUE_MAX 1048576u        /* octets; above: GH_E_LIMIT */
#define GH_KV_TTL_MAX_MS 31622400000ull /* 366 days */

/* Commands. */
enum {
    GH_KV_GET = 0,
    GH_KV_SET = 1, /* also takes away or renews the time to live */
    GH_KV_DELETE = 2,
    GH_KV_INCREMENT = 3 /* adds delta to a decimal int64; an absent key counts as 0; GH_E_INVALID if the value is no
                           such number, GH_E_LIMIT if it would overflow: both leave it as it is */
};

/* Conditions of GH_KV_SET and GH_KV_DELETE; at most one of them. */
enum {
    GH_KV_IF_ABSENT = 1,  /* SET only */
    GH_KV_IF_VERSION = 2, /* the key has that version; 0: it is absent */
    GH_KV_IF_VALUE = 4    /* the key is there and has the value `expected` */
};

typedef struct gh_kv_request {
    uint32_t size, flags; /* GH_KV_IF_*; unknown bits are GH_E_UNSUPPORTED */
    int32_t command;      /* unknown ones are GH_E_UNSUPPORTED */
    uint32_t reserved;    /* 0 */
    gh_str key;
    gh_str value;     /* SET; may be empty */
    gh_str expected;  /* GH_KV_IF_VALUE */
    uint64_t version; /* GH_KV_IF_VERSION */
    uint64_t ttl_ms;  /* SET: 0 = no end; INCREMENT: for a key that this creates, else without effect */
    int64_t delta;    /* INCREMENT */
} gh_kv_request;

/* In gh_kv_result.flags. */
enum {
    GH_KV_FOUND = 1,  /* the key was there */
    GH_KV_APPLIED = 2 /* the change was made: its condition held, and there was something to delete */
};

typedef struct gh_kv_result {
    uint32_t size, flags;
    gh_bytes value;   /* GET, with GH_KV_FOUND. Release it once; it may be kept after the callback */
    uint64_t version; /* of the key as it is now; after DELETE that was applied: the last one; 0 = absent */
    int64_t number;   /* INCREMENT: the new value */
    gh_str reason;    /* with an error: a short stable token ("queue_full", "circuit_open"), static; else empty */
} gh_kv_result;

/* result is never NULL; it lives for the callback, but for result->value. */
typedef void (*gh_kv_done)(void* ctx, gh_status status, const gh_kv_result* result);

typedef struct gh_kv_store {
    uint32_t size, reserved;
    /* GH_OK: *result is filled. GH_PENDING: done follows on `loop`, exactly once (R6); the request is copied. An error:
     * only result->reason. The host fills what *result has room for by its size, which the caller has set.
     *
     * Whether an answer is there at once is the store's matter (memory: always; Redis: never), so be ready for both.
     * done NULL: waits for the answer here, GH_OK or an error, for as long as the store is configured to take: not on a
     * loop thread (GH_E_STATE, whatever the store). loop NULL: the current one; GH_E_INVALID if there is none.
     *
     * GH_E_INVALID, GH_E_UNSUPPORTED, GH_E_STATE: as said; GH_E_LIMIT: value too large, no room, overflow or too many
     * requests waiting; GH_E_UNAVAILABLE: the store is not there or refuses; GH_E_TIMEOUT; GH_E_CANCELED: the drain
     * deadline has passed.                                                                                   [any] */
    gh_status (*run)(const gh_host*, const gh_kv_request*, gh_kv_result* result, gh_loop* loop, gh_kv_done done,
                     void* ctx);
} gh_kv_store;

#ifdef __cplusplus
}
#endif
#endif
