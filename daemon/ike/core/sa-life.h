/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The life of an IKE SA: what may follow what, what each step starts, and its ends. */
#pragma once

#include "ike/core/ike-sa.h"

/** rvl_sa_life_begin_set_up: half-open from now on, with the deadline of that; responders are counted. */
void rvl_sa_life_begin_set_up(RvlIkeSa *ike);
/** rvl_sa_life_keyed: IKE_SA_INIT is over: parked messages are taken. */
void rvl_sa_life_keyed(RvlIkeSa *ike);
/** rvl_sa_life_established: both ends proved themselves (or it replaced an SA whose ends had). */
void rvl_sa_life_established(RvlIkeSa *ike);
/** rvl_sa_life_replaced: @successor has taken the children over. */
void rvl_sa_life_replaced(RvlIkeSa *ike, RvlIkeSa *successor);

/** rvl_sa_life_follow: what the SA goes on under: its connection changed in nothing that ends it. */
void rvl_sa_life_follow(RvlIkeSa *ike, const RvlConnection *connection);

/** rvl_sa_life_heard: a verified message came on @path: liveness, and a peer's new mapping (2.23). */
void rvl_sa_life_heard(RvlIkeSa *ike, const RvlPath *path);

/** rvl_sa_life_delete: asks the peer to end it too (RFC 7296 1.4.1); half-open ones just end. */
void rvl_sa_life_delete(RvlIkeSa *ike, RvlCause cause);
/**
 * rvl_sa_life_refuse:
 * @why: what the peer's answer to a request of ours fails by
 *
 * The peer believes in an SA that we don't: it ends here for whoever waits, and the peer is told
 * (RFC 7296 2.21.2).
 */
void rvl_sa_life_refuse(RvlIkeSa *ike, const GError *why);
/**
 * rvl_sa_life_end: it ends here and now, with its children and exchanges.
 * @error: (nullable): what @cause comes with
 */
void rvl_sa_life_end(RvlIkeSa *ike, RvlCause cause, const GError *error);
/** rvl_sa_life_drop: frees it without a word: the engine ends. */
void rvl_sa_life_drop(RvlIkeSa *ike);

/** rvl_sa_life_deleting: our delete goes out. */
void rvl_sa_life_deleting(RvlIkeSa *ike);

/* Timers */
void rvl_sa_life_set_up_due(RvlIkeSa *ike);
void rvl_sa_life_liveness_due(RvlIkeSa *ike);
void rvl_sa_life_keepalive_due(RvlIkeSa *ike);
void rvl_sa_life_rekey_due(RvlIkeSa *ike);
void rvl_sa_life_expire_due(RvlIkeSa *ike);
void rvl_sa_life_proof_end_due(RvlIkeSa *ike);

/** rvl_sa_life_proof_is_over: the certificate that the peer proved itself by has expired. */
bool rvl_sa_life_proof_is_over(const RvlIkeSa *ike);

/** rvl_sa_life_state_word: for status. */
const char *rvl_sa_life_state_word(RvlIkeSaState state);
