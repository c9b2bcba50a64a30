/* gatehouse/ext/handover.h: plugin extension "gh.handover/1": what one generation leaves to the next one when it is
 * replaced: warm caches, counters, anything that is dear to rebuild and not worth a database. Optional and best effort:
 * a service must work without it (after a crash there is none).
 */
#ifndef GATEHOUSE_EXT_HANDOVER_H
#define GATEHOUSE_EXT_HANDOVER_H

#include <gatehouse/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GH_EXT_HANDOVER "gh.handover/1"

/* Takes a piece; an error (GH_E_LIMIT above 16 MiB in all) means: stop. */
typedef gh_status (*gh_handover_sink)(void* sink_ctx, const void* bytes, size_t size);

typedef struct gh_handover {
    uint32_t size, reserved;
    /* Called while this generation still serves requests. *schema: names the format, static ("posts-cache/2"); a next
     * generation that does not know it starts empty. May block, at most 2 s.                                 [main] */
    gh_status (*export_state)(void* self, gh_str* schema, gh_handover_sink sink, void* sink_ctx);
    /* After start(), before any request. GH_E_UNSUPPORTED: unknown schema, start empty. Any other error is logged, and
     * the generation starts empty or is refused, as the host is configured. May block, at most 2 s.          [main] */
    gh_status (*import_state)(void* self, gh_str schema, const void* bytes, size_t size);
} gh_handover;

#ifdef __cplusplus
}
#endif
#endif
