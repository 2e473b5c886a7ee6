/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An event as one line of JSON. */
#pragma once

#include <ravelin/event.h>

/**
 * rvl_event_json:
 *
 * Returns: (transfer full): one object without line end: `schema`, `time` (RFC 3339), `event`,
 * `level`, `message`, then the event's fields with `_` for `-`.
 */
char *rvl_event_json(const RvlEvent *event, int64_t unix_us);

/** rvl_time_rfc3339: (transfer full): UTC, with microseconds. */
char *rvl_time_rfc3339(int64_t unix_us);
