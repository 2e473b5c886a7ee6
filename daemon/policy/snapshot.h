/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The configuration in force, as an immutable snapshot: PAD and SPD as configured (RFC 4301 4.4). */
#pragma once

#include "policy/connection.h"

/** RvlSnapshot: immutable, reference counted. Thread: any. */
typedef struct RvlSnapshot RvlSnapshot;

RvlSnapshot *rvl_snapshot_ref(const RvlSnapshot *snapshot);
void rvl_snapshot_unref(RvlSnapshot *snapshot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlSnapshot, rvl_snapshot_unref)

/** rvl_snapshot_count: how many connections there are; rvl_snapshot_get() has them by name. */
size_t rvl_snapshot_count(const RvlSnapshot *snapshot);
const RvlConnection *rvl_snapshot_get(const RvlSnapshot *snapshot, size_t i);
/** rvl_snapshot_find: (transfer none) (nullable). */
const RvlConnection *rvl_snapshot_find(const RvlSnapshot *snapshot, const char *name);

/**
 * RvlLimits: what bounds strangers, from `[daemon]`.
 * @half_open: IKE SAs half-way through a set-up, in all
 * @half_open_per_source: of one address (IPv6: one /64)
 * @cookie_threshold: half-open ones from which on strangers must return a cookie; 0: always
 */
typedef struct {
    uint32_t half_open;
    uint32_t half_open_per_source;
    uint32_t cookie_threshold;
} RvlLimits;

const RvlLimits *rvl_snapshot_limits(const RvlSnapshot *snapshot);

/**
 * RvlSpdRule: what is not protected (`[spd N]`): RVL_ACTION_BYPASS or _DISCARD. They stand before
 * all connections, bypass first, each kind by name.
 */
typedef struct {
    const char *name;
    RvlAction action;
    RvlSelectors *local;
    RvlSelectors *remote;
    RvlSettings *settings;
} RvlSpdRule;

size_t rvl_snapshot_n_rules(const RvlSnapshot *snapshot);
const RvlSpdRule *rvl_snapshot_rule(const RvlSnapshot *snapshot, size_t i);
