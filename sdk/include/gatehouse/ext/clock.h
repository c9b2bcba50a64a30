/* gatehouse/ext/clock.h: host extension "gh.clock/1": the wall clock, for hosts that do not want plugins to read the
 * system's own: test hosts, replays. A plugin falls back to the system clock when it is not offered. */
#ifndef GATEHOUSE_EXT_CLOCK_H
#define GATEHOUSE_EXT_CLOCK_H

#include <gatehouse/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GH_EXT_CLOCK "gh.clock/1"

typedef struct gh_clock {
    uint32_t size, reserved;
    int64_t (*wall_ms)(const gh_host*); /* milliseconds since 1970-01-01T00:00:00Z                          [any] */
} gh_clock;

#ifdef __cplusplus
}
#endif
#endif
