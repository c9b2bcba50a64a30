/* gatehouse/ext/openapi.h: plugin extension "gh.openapi/1": the OpenAPI 3.1 document of a created plugin, for plugins
 * whose document is generated from their route table and so does not exist as a constant. */
#ifndef GATEHOUSE_EXT_OPENAPI_H
#define GATEHOUSE_EXT_OPENAPI_H

#include <gatehouse/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GH_EXT_OPENAPI "gh.openapi/1"

typedef struct gh_openapi {
    uint32_t size, reserved;
    gh_str (*document)(void* self); /* JSON text; lives until destroy()                                      [main] */
} gh_openapi;

#ifdef __cplusplus
}
#endif
#endif
