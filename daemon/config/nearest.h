/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* "Did you mean": the nearest of the names that would have been right. */
#pragma once

#include <stddef.h>
#include <glib.h>

/** RvlNearest: a search; names are offered one by one and borrowed. */
typedef struct {
    const char *wanted;
    const char *best; /* (nullable): NULL: none is near */
    size_t distance;
} RvlNearest;

void rvl_nearest_init(RvlNearest *nearest, const char *wanted);
void rvl_nearest_offer(RvlNearest *nearest, const char *name);

/** rvl_nearest_remedy: (transfer full) (nullable): `did you mean 'x'?`. */
char *rvl_nearest_remedy(const RvlNearest *nearest);
