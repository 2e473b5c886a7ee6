/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The clocks, read here and nowhere below. */
#include "config.h"

#include "io/clock.h"

RvlTime
rvl_clock_now(void)
{
    return g_get_monotonic_time();
}

RvlWallTime
rvl_clock_wall(void)
{
    return (RvlWallTime){.unix_s = g_get_real_time() / G_USEC_PER_SEC};
}

RvlNow
rvl_clock_read(void)
{
    return (RvlNow){.time = rvl_clock_now(), .wall = rvl_clock_wall()};
}
