/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The clocks, read here and nowhere below. */
#pragma once

#include "ike/core/engine.h"

/** rvl_clock_now: CLOCK_MONOTONIC in microseconds, the zero of GLib's ready times. */
RvlTime rvl_clock_now(void);

RvlWallTime rvl_clock_wall(void);

/** rvl_clock_read: both, for one event of the engine. */
RvlNow rvl_clock_read(void);
