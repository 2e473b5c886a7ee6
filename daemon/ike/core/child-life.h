/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The life of a Child SA: making, installing, switching, replacing, removing. */
#pragma once

#include "ike/core/ike-sa.h"

/** rvl_child_sa_new: NEGOTIATED, in the SA's list; @policy: a part of @connection; @lineage: (transfer full). */
RvlChildSa *rvl_child_sa_new(RvlIkeSa *ike,
                             const RvlConnection *connection,
                             const RvlChildPolicy *policy,
                             RvlLineage *lineage,
                             bool is_initiator);

/** What of a pair a job installs. */
#define RVL_INSTALL_INBOUND (1u << 0)
#define RVL_INSTALL_OUTBOUND (1u << 1)
#define RVL_INSTALL_ACTIVATE (1u << 2)

/** rvl_child_life_install_job: (transfer full): adds both SAs, and the lineage's policy where needed. */
RvlJob *rvl_child_life_install_job(RvlChildSa *child, unsigned what);
/** rvl_child_life_installed: the job is done: the pair lives, with its timers. */
void rvl_child_life_installed(RvlChildSa *child, unsigned what);
/**
 * rvl_child_life_is_known: whether the peer is known to have it: one that it asked for only counts
 * once its next request shows that our answer came through, or long after. Before that, to delete or
 * rekey it would name an SA that isn't there yet.
 */
bool rvl_child_life_is_known(const RvlChildSa *child);
/**
 * rvl_child_life_lacks_pfs: whether it has no key exchange of its own where `pfs = require`: IKE_AUTH
 * has none (RFC 7296 1.2). Such a one lives only until another replaces it, and for seconds at most.
 */
bool rvl_child_life_lacks_pfs(const RvlChildSa *child);
/**
 * rvl_child_life_hold: whether @packet, that goes out, lies within the selectors of both sides.
 * @packet: of family NONE: any packet
 */
bool rvl_child_life_hold(const RvlSelectors *local,
                         const RvlSelectors *remote,
                         const RvlFlow *packet);
/**
 * rvl_child_life_serves: whether a packet of child @name goes through it, as it stands.
 * @packet: of family NONE: any packet
 */
bool rvl_child_life_serves(const RvlChildSa *child, const char *name, const RvlFlow *packet);
/** rvl_child_life_will_serve: the same also while it is installed, or what it lacks is asked for. */
bool rvl_child_life_will_serve(const RvlChildSa *child, const char *name, const RvlFlow *packet);
/**
 * rvl_child_life_refuse_pfs: none with a key exchange will replace it: it ends, and whoever waits hears.
 * @why: (nullable): what the peer's answer failed by; NULL: there was none in time
 */
void rvl_child_life_refuse_pfs(RvlChildSa *child, const GError *why);
/** rvl_child_life_activate: the outbound SA serves the policy from now on. */
void rvl_child_life_activate(RvlChildSa *child);
/** rvl_child_life_migrate: the IKE SA's path has changed: its packets follow (RFC 7296 2.23). */
void rvl_child_life_migrate(RvlChildSa *child);
/** rvl_child_life_replaced: @successor serves the policy; @child waits for its delete. */
void rvl_child_life_replaced(RvlChildSa *child, RvlChildSa *successor);
/** rvl_child_life_retire: a replaced one is deleted as soon as the peer is known to have its successor. */
void rvl_child_life_retire(RvlChildSa *child);
/** rvl_child_life_linger: removes it after a while: packets may still be on their way. */
void rvl_child_life_linger(RvlChildSa *child, RvlCause cause);

/** rvl_child_life_delete: asks the peer to end it, as soon as it can know of it. */
void rvl_child_life_delete(RvlChildSa *child, RvlCause cause);

/**
 * rvl_child_life_remove: takes it out of its SA and, where it was installed, out of the installer.
 * @error: (nullable): what @cause comes with.
 */
void rvl_child_life_remove(RvlChildSa *child, RvlCause cause, const GError *error);
/** rvl_child_life_move: it belongs to @ike from now on (RFC 7296 2.8: the IKE SA was rekeyed). */
void rvl_child_life_move(RvlChildSa *child, RvlIkeSa *ike);

/** rvl_child_life_forget: frees one that is being removed: the engine ends. */
void rvl_child_life_forget(RvlEngine *engine, RvlChildSa *child);

/**
 * rvl_child_life_limit_reached: the installer says that a limit of octets, packets or sequence numbers
 * was reached: a soft one asks for a rekey, after a hard one nothing passes.
 * @cause: as the installer gave it; RVL_CAUSE_SEQUENCE_EXHAUSTED, and anything else is a lifetime
 */
void rvl_child_life_limit_reached(RvlChildSa *child, bool is_hard, uint32_t cause);

/* Timers */
void rvl_child_life_rekey_due(RvlChildSa *child);
void rvl_child_life_expire_due(RvlChildSa *child, RvlCause cause);
void rvl_child_life_linger_due(RvlChildSa *child);
