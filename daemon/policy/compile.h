/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From checked groups to a snapshot: here configuration gets its meaning. */
#pragma once

#include "config/configuration.h"
#include "policy/snapshot.h"

/**
 * RvlCompiling:
 * @configuration: of the second pass
 * @daemon: the `[daemon]` group
 * @schema: with the plugins' rows
 * @registry: with the loaded plugins; used while compiling only
 * @previous: (nullable): the snapshot in force: parts that are the same are shared with it
 * @problems: all that is wrong
 */
typedef struct {
    const RvlConfiguration *configuration;
    const RvlConfigGroup *daemon;
    const RvlSchema *schema;
    const RvlRegistry *registry;
    const RvlSnapshot *previous;
    RvlProblems *problems;
} RvlCompiling;

/**
 * rvl_snapshot_new:
 *
 * Asks authenticators whether they have what they need, on the calling thread (the main loop).
 *
 * Returns: (transfer full) (nullable): NULL where there was a problem, also one from before.
 */
RvlSnapshot *rvl_snapshot_new(const RvlCompiling *compiling) G_GNUC_WARN_UNUSED_RESULT;
