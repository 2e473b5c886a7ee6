/* SPDX-License-Identifier: MIT */
/* Time: monotonic for timers, wall clock for certificates; two types that don't mix. */
#pragma once

#include <stdint.h>
#include <glib.h>

G_BEGIN_DECLS

/** RvlTime: monotonic microseconds; its zero is arbitrary. A parameter of it is called `now`. */
typedef int64_t RvlTime;

/** RVL_TIME_NEVER: later than everything. */
#define RVL_TIME_NEVER INT64_MAX

#define RVL_MILLISECOND ((RvlTime)1000)
#define RVL_SECOND (1000 * RVL_MILLISECOND)
#define RVL_MINUTE (60 * RVL_SECOND)
#define RVL_HOUR (60 * RVL_MINUTE)

/** RvlWallTime: seconds since 1970-01-01T00:00:00Z, for certificates, logs and leases. */
typedef struct {
    int64_t unix_s;
} RvlWallTime;

/**
 * rvl_time_add:
 *
 * Returns: @a + @b, saturating at RVL_TIME_NEVER; @b is not negative.
 */
static inline RvlTime
rvl_time_add(RvlTime a, RvlTime b)
{
    return (b > 0 && a > RVL_TIME_NEVER - b) ? RVL_TIME_NEVER : a + b;
}

G_END_DECLS
