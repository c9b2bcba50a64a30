/* gatehouse/ext/admin.h: plugin extension "gh.admin/1": commands for the operator of a service, reachable through the
 * admin API and the command line, never through a public route ("events.dead", "events.redrive").
 */
#ifndef GATEHOUSE_EXT_ADMIN_H
#define GATEHOUSE_EXT_ADMIN_H

#include <gatehouse/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GH_EXT_ADMIN "gh.admin/1"

/* Called at most once, before run() returns. json: the answer, or a problem's text with an error status. */
typedef void (*gh_admin_result)(void* result_ctx, gh_status status, gh_str json);

typedef void (*gh_admin_visit)(void* visit_ctx, gh_str name, gh_str summary, gh_str arguments_schema);

typedef struct gh_admin {
    uint32_t size, reserved;
    /* Names every command.                                                                                   [main] */
    void (*commands)(void* self, gh_admin_visit visit, void* visit_ctx);
    /* Runs one, on a started plugin. arguments: a JSON object, "{}" for none. Returns the status that it gives to
     * result; GH_E_UNSUPPORTED for an unknown command, GH_E_INVALID for bad arguments. May block, at most 30 s.
     *                                                                                                      [worker] */
    gh_status (*run)(void* self, gh_str command, gh_str arguments, gh_admin_result result, void* result_ctx);
} gh_admin;

#ifdef __cplusplus
}
#endif
#endif
