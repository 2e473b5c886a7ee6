/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a new snapshot changes: plan is this, apply is this and one step more. */
#pragma once

#include "config/schema.h"
#include "policy/snapshot.h"

typedef enum {
    RVL_CHANGE_NONE = 0,
    RVL_CHANGE_NEW = 1,
    RVL_CHANGE_CHANGED = 2,
    RVL_CHANGE_GONE = 3,
} RvlChange;

/**
 * RvlChangeRow:
 * @before, @after: (nullable): of the two snapshots; the same object where nothing changed, not
 *   even the line of a key
 * @cost: RvlKeyCost: what the change asks of SAs that stand
 * @keys: of CHANGED: names of the keys, comma list, for reports
 */
typedef struct {
    RvlChange change;
    const RvlConnection *before;
    const RvlConnection *after;
    RvlKeyCost cost;
    char *keys;
} RvlChangeRow;

/** RvlDifference: rows by name of the connection. Holds both snapshots. */
typedef struct RvlDifference RvlDifference;

/**
 * rvl_difference_new:
 * @before: (nullable): nothing was configured
 * @schema: knows what a change of each key costs
 */
RvlDifference *rvl_difference_new(const RvlSnapshot *before,
                                  const RvlSnapshot *after,
                                  const RvlSchema *schema);
void rvl_difference_free(RvlDifference *difference);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlDifference, rvl_difference_free)
size_t rvl_difference_count(const RvlDifference *difference);
const RvlChangeRow *rvl_difference_get(const RvlDifference *difference, size_t i);
/** rvl_difference_count_of: how many rows of @change. */
size_t rvl_difference_count_of(const RvlDifference *difference, RvlChange change);
