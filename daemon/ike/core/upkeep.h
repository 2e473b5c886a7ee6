/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Upkeep: what the engine does for each configured connection: deploy it, keep it up, retry, trap. */
#pragma once

#include "ike/core/job.h"
#include "ike/core/command.h"
#include "ike/core/lineage.h"
#include "ike/core/status.h"
#include "ike/core/timer-heap.h"
#include "policy/snapshot.h"

typedef struct RvlIkeSa RvlIkeSa;
typedef struct RvlChildSa RvlChildSa;

/** RvlDeployState: of the connection's interface, routes and guard; FAILED: of a part, or of the guard alone. */
typedef enum {
    RVL_DEPLOY_NOT = 0,
    RVL_DEPLOY_UNDER_WAY = 1,
    RVL_DEPLOY_STANDS = 2,
    RVL_DEPLOY_LEAVING = 3,
    RVL_DEPLOY_FAILED = 4,
} RvlDeployState;

/**
 * RvlWaiter: who waits for a Child SA: an operator's command, or an acquire.
 * @packet: of an acquire: what the Child SA must carry; of family NONE: anything
 */
typedef struct {
    const RvlChildPolicy *child; /* (nullable): the IKE SA will do */
    RvlCommandId command;        /* or 0 */
    uint64_t acquire;            /* or 0 */
    RvlFlow packet;
} RvlWaiter;

/**
 * RvlUpkeep:
 * @connection: as configured now; SAs may hold an older one
 * @token: what jobs' answers find it by
 * @next: (nullable): replaces @connection once its SAs and its deployment are gone
 * @lineages: (element-type RvlLineage): permanent ones, by the connection's children; NULL where none
 * @rests: an operator took it down
 * @is_closing: it is gone from the configuration, or waits for @next
 * @sas: (element-type RvlIkeSa): those that belong to it, in order of set-up
 * @is_ending_sas: they are being ended just now, and it stays until that is done
 * @current: (nullable): the newest of them that is established
 * @attempt: number of the IKE SA that we are setting up; 0: none
 * @is_resolving: the attempt is still looking for the peer's address
 * @tries: attempts that failed since the last that didn't
 * @timer: the next attempt
 * @waiters: of RvlWaiter
 */
typedef struct RvlUpkeep RvlUpkeep;
struct RvlUpkeep {
    RvlConnection *connection;
    uint64_t token;
    RvlConnection *next;
    RvlDeployState deployed;
    char *interface;
    uint32_t interface_index;
    GPtrArray *lineages;
    bool rests;
    bool is_closing;
    GQueue sas;
    bool is_ending_sas;
    RvlIkeSa *current;
    uint64_t attempt;
    bool is_resolving;
    unsigned tries;
    RvlTimer timer;
    RvlTime since;
    RvlCause last_cause;
    char *last_error;
    GArray *waiters;
};

/** rvl_upkeep_apply: the configuration in force from now on. */
void rvl_upkeep_apply(RvlEngine *engine, RvlSnapshot *snapshot);
/** rvl_upkeep_find: (transfer none) (nullable): by the connection's name. */
RvlUpkeep *rvl_upkeep_find(const RvlEngine *engine, const char *name);
/** rvl_upkeep_place: where a connection of this name stands, or would: true: it stands there. */
bool rvl_upkeep_place(const RvlEngine *engine, const char *name, guint *place);
/** rvl_upkeep_find_token: (transfer none) (nullable). */
RvlUpkeep *rvl_upkeep_find_token(const RvlEngine *engine, uint64_t token);
/** rvl_upkeep_lineage: (transfer none) (nullable): the permanent one of a child. */
RvlLineage *rvl_upkeep_lineage(const RvlEngine *engine, const char *connection, const char *child);
/** rvl_upkeep_interface: index of the connection's interface, 0: none. */
uint32_t rvl_upkeep_interface(const RvlEngine *engine, const char *connection);
/** rvl_upkeep_free: at the engine's end, without a word. */
void rvl_upkeep_free(RvlEngine *engine, RvlUpkeep *upkeep);

/** rvl_upkeep_want: @waiter's Child SA is set up; it is answered when that stands or failed. */
void rvl_upkeep_want(RvlEngine *engine, RvlUpkeep *upkeep, const RvlWaiter *waiter);
/** rvl_upkeep_undeployed: who waits is told that its deployment failed; it goes on trying. */
void rvl_upkeep_undeployed(RvlEngine *engine, RvlUpkeep *upkeep, const GError *error);
/** rvl_upkeep_rest: nothing is set up until somebody wants it. */
void rvl_upkeep_rest(RvlEngine *engine, RvlUpkeep *upkeep);
/** rvl_upkeep_close: its SAs end, then its deployment; @error: (nullable). */
void rvl_upkeep_close(RvlEngine *engine, RvlUpkeep *upkeep, RvlCause cause);
/** rvl_upkeep_advance: does what can be done now towards what is wanted. */
void rvl_upkeep_advance(RvlEngine *engine, RvlUpkeep *upkeep);
/** rvl_upkeep_due: the next attempt. */
void rvl_upkeep_due(RvlEngine *engine, RvlUpkeep *upkeep);

/* What SAs tell. */
/** rvl_upkeep_join: the SA knows its connection. */
void rvl_upkeep_join(RvlIkeSa *ike);
/** rvl_upkeep_leave: it was replaced or ends. */
void rvl_upkeep_leave(RvlIkeSa *ike);
/** rvl_upkeep_step: who waits for a tunnel of @ike's connection hears that @step is done. */
void rvl_upkeep_step(RvlIkeSa *ike, const char *step);
void rvl_upkeep_ike_up(RvlIkeSa *ike);
void rvl_upkeep_ike_rekeyed(RvlIkeSa *old, RvlIkeSa *successor);
/** rvl_upkeep_ike_leaving: our delete goes out: another established SA, if there is one, is the current. */
void rvl_upkeep_ike_leaving(RvlIkeSa *ike);
void rvl_upkeep_ike_down(RvlIkeSa *ike, bool was_established, RvlCause cause, const GError *error);
void rvl_upkeep_child_up(RvlIkeSa *ike, RvlChildSa *child);
void rvl_upkeep_child_down(RvlIkeSa *ike, RvlChildSa *child, RvlCause cause);
void rvl_upkeep_child_failed(RvlIkeSa *ike, const RvlChildPolicy *child, const GError *error);

/** rvl_upkeep_is_up: whether an IKE SA of @ike's connection is established. */
bool rvl_upkeep_is_up(const RvlIkeSa *ike);

/**
 * rvl_upkeep_next_child:
 * @packet: (out) (transfer none) (nullable): the packet that asks for it; NULL: none does
 *
 * Returns: (transfer none) (nullable): the child that is to be asked for next.
 */
const RvlChildPolicy *rvl_upkeep_next_child(const RvlIkeSa *ike, const RvlFlow **packet);

RvlConnectionState rvl_upkeep_state(const RvlUpkeep *upkeep);
