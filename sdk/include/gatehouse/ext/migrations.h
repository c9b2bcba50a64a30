/* gatehouse/ext/migrations.h: plugin extension "gh.migrations/1": the state of a created (not started) plugin's
 * database schema and a way to bring it up to date, for `gatehouse migrate`. */
#ifndef GATEHOUSE_EXT_MIGRATIONS_H
#define GATEHOUSE_EXT_MIGRATIONS_H

#include <gatehouse/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GH_EXT_MIGRATIONS "gh.migrations/1"

/* applied: 1 = done, 0 = pending. Runs once per migration in order; name is "0001_create_posts". up() visits those that
 * it applied. failed (may be NULL) gets the same ctx and tells why, during the call, before an error is returned. */
typedef void (*gh_migration_visit)(void* ctx, int32_t applied, gh_str name);

typedef struct gh_migrations {
    uint32_t size, reserved;
    gh_status (*status)(void* self, gh_migration_visit visit, void* ctx, gh_done failed); /* may block        [main] */
    gh_status (*up)(void* self, gh_migration_visit visit, void* ctx, gh_done failed);     /* may block        [main] */
} gh_migrations;

#ifdef __cplusplus
}
#endif
#endif
