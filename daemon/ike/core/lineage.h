/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lineages: the policy in the installer that a Child SA and all that replace it serve. */
#pragma once

#include "ike/core/job.h"
#include "policy/connection.h"

typedef struct RvlChildSa RvlChildSa;

typedef struct RvlEngine RvlEngine;

/**
 * RvlLineage:
 * @link: in the engine's list
 * @references: of Child SAs, and of the connection where it is permanent
 * @id: the policy's
 * @is_permanent: stands from the connection's deployment to its withdrawal, whether or not an SA
 *   serves it: packets that meet none are dropped, or raise an acquire
 * @is_trap: the latter
 * @is_installed: the installer was asked to add it; @stands: and it has
 * @children: (element-type RvlChildSa): that were installed for it, in order
 * @serving: number of the Child SA whose outbound SA was activated last
 *
 * Connections that are kept up or trapped have a permanent lineage a child; what peers ask for
 * beyond that (dynamic selectors, several peers of one connection) makes lineages that go with
 * their last SA.
 */
typedef struct RvlLineage RvlLineage;
struct RvlLineage {
    GList link;
    unsigned references;
    RvlPolicyId id;
    RvlConnection *connection;
    const RvlChildPolicy *policy;
    RvlSelectors *local;
    RvlSelectors *remote;
    uint32_t interface;
    bool is_permanent;
    bool is_trap;
    bool is_installed;
    bool stands;
    GPtrArray *children;
    uint64_t serving;
};

/** rvl_lineage_new: @local, @remote: (transfer none). Not installed yet. */
RvlLineage *rvl_lineage_new(RvlEngine *engine,
                            const RvlConnection *connection,
                            const RvlChildPolicy *policy,
                            const RvlSelectors *local,
                            const RvlSelectors *remote);
RvlLineage *rvl_lineage_ref(RvlLineage *lineage);
/** rvl_lineage_unref: the last takes the policy out of the installer. */
void rvl_lineage_unref(RvlEngine *engine, RvlLineage *lineage);

/** rvl_lineage_find: (transfer none) (nullable): by the installer's policy. */
RvlLineage *rvl_lineage_find(const RvlEngine *engine, RvlPolicyId id);
/**
 * rvl_lineage_for: (transfer full): the permanent one of @policy where its selectors hold the agreed
 * ones, else a new one.
 */
RvlLineage *rvl_lineage_for(RvlEngine *engine,
                            const RvlConnection *connection,
                            const RvlChildPolicy *policy,
                            const RvlSelectors *local,
                            const RvlSelectors *remote);

/** rvl_lineage_enter: @child serves the policy; rvl_lineage_leave(): no more. */
void rvl_lineage_enter(RvlLineage *lineage, RvlChildSa *child);
void rvl_lineage_leave(RvlLineage *lineage, RvlChildSa *child);
/** rvl_lineage_find_child: (transfer none) (nullable): among those that were installed for it. */
RvlChildSa *rvl_lineage_find_child(const RvlLineage *lineage, uint64_t number);
/**
 * rvl_lineage_next: (transfer none) (nullable): which Child SA is to serve the policy when @child,
 * which serves it now, goes; NULL: none, or another serves it.
 */
RvlChildSa *rvl_lineage_next(const RvlLineage *lineage, const RvlChildSa *child);

/** rvl_lineage_add_step: appends POLICY_ADD to @job where the policy isn't installed. */
void rvl_lineage_add_step(RvlEngine *engine, RvlLineage *lineage, RvlJob *job);
/** rvl_lineage_install: by a job of its own, where it isn't. */
void rvl_lineage_install(RvlEngine *engine, RvlLineage *lineage);
