/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Collisions: both ends rekey, delete or create at once (RFC 7296 2.8.1, 2.8.2, 2.25). The one place. */
#pragma once

#include "ike/core/ike-sa.h"

typedef struct RvlRivalry RvlRivalry;

/**
 * RvlRivalry: what a rekey needs to know of the other end's rekey of the same SA.
 * @number: of the SA that the other rekey made here; 0: there was none
 * @lowest: the lower of the two nonces of the other rekey
 */
struct RvlRivalry {
    uint64_t number;
    GBytes *lowest;
};

void rvl_rivalry_clear(RvlRivalry *rivalry);
/** rvl_rivalry_set: the other rekey, with nonces @a and @b, made SA @number. */
void rvl_rivalry_set(RvlRivalry *rivalry, uint64_t number, GBytes *a, GBytes *b);
/**
 * rvl_rivalry_is_lost: whether the SA that this rekey made, with nonces @a and @b, is the redundant
 * one: it has the lowest of the four (2.8.1). Who asked for it closes it.
 */
bool rvl_rivalry_is_lost(const RvlRivalry *rivalry, GBytes *a, GBytes *b);
/** rvl_nonce_compare: octet by octet; a nonce that begins another is the lower one. */
int rvl_nonce_compare(GBytes *a, GBytes *b);

/* Child SAs */

/** rvl_collision_finds_old: what a rekey request names; false: refused by a notify (2.25.1). */
bool rvl_collision_finds_old(RvlIkeSa *ike, RvlExchange *x, RvlChildSa **old);
/** rvl_collision_admits_child: whether a new Child SA may begin now; false: refused (2.25.2). */
bool rvl_collision_admits_child(RvlIkeSa *ike, RvlExchange *x);
/** rvl_collision_child_created: where both ends asked for the same Child SA at once, one of them goes. */
void rvl_collision_child_created(RvlIkeSa *ike, RvlChildSa *child);
/**
 * rvl_collision_child_rekeyed: our rekey of the Child SA of number @old (which may be gone) made
 * @child. @rivalry: the peer's of the same that was answered meanwhile.
 */
void rvl_collision_child_rekeyed(RvlIkeSa *ike,
                                 uint64_t old,
                                 RvlChildSa *child,
                                 const RvlRivalry *rivalry,
                                 GBytes *nonce_i,
                                 GBytes *nonce_r);
/**
 * rvl_collision_child_rekeyed_by_peer: the peer's rekey of @old (nullable) made @child. @rivalry: ours
 * of the same that was finished while this was being answered.
 */
void rvl_collision_child_rekeyed_by_peer(RvlIkeSa *ike,
                                         RvlChildSa *old,
                                         RvlChildSa *child,
                                         const RvlRivalry *rivalry,
                                         GBytes *nonce_i,
                                         GBytes *nonce_r);
/** rvl_collision_answer_failed: the peer's rekey of @old (nullable) came to nothing here. */
void rvl_collision_answer_failed(RvlIkeSa *ike, RvlChildSa *old, const RvlRivalry *rivalry);
/**
 * rvl_collision_find_deleted: (transfer none) (nullable): the Child SA of this outbound SPI that the
 * peer's delete on @ike means. As long as both ends' rekeys of one IKE SA aren't over, the Child SAs
 * are here still with the old one, and with a new one at the peer (2.8.2).
 */
RvlChildSa *rvl_collision_find_deleted(RvlIkeSa *ike, RvlProtocol protocol, uint32_t spi);
/** rvl_collision_names_ours: whether the answer to the peer's delete of @child bears our SPI (2.25.1). */
bool rvl_collision_names_ours(const RvlIkeSa *ike, const RvlChildSa *child);
/** rvl_collision_child_deleted: the peer deleted @child: what takes its place, if anything does. */
void rvl_collision_child_deleted(RvlIkeSa *ike, RvlChildSa *child);
/** rvl_collision_heard_refusal: what the peer's refusal of our CREATE_CHILD_SA asks us to do (2.25). */
void rvl_collision_heard_refusal(RvlIkeSa *ike,
                                 RvlExchange *x,
                                 const RvlNotifyPayload *refusal,
                                 uint64_t replaces,
                                 GError **error);
/**
 * rvl_collision_rekey_failed: our rekey of @old came to nothing: the peer's takes its place where it
 * made one meanwhile; else it is tried again later, well before the hard end.
 * @why: (nullable)
 */
void rvl_collision_rekey_failed(RvlIkeSa *ike,
                                RvlChildSa *old,
                                const RvlRivalry *rivalry,
                                const GError *why);

/* IKE SAs */

/**
 * rvl_collision_is_open: whether @ike came of one of two rekeys of the same IKE SA and the other isn't
 * over: which of the two has the Child SAs isn't known yet, so it can't be rekeyed, nor they.
 */
bool rvl_collision_is_open(const RvlIkeSa *ike);
/** rvl_collision_admits_ike_rekey: false: refused by TEMPORARY_FAILURE (2.25.2). */
bool rvl_collision_admits_ike_rekey(RvlIkeSa *ike, RvlExchange *x);
/** rvl_collision_ike_rekeyed: our rekey made @successor. */
void rvl_collision_ike_rekeyed(RvlIkeSa *ike,
                               RvlIkeSa *successor,
                               const RvlRivalry *rivalry,
                               GBytes *nonce_i,
                               GBytes *nonce_r);
void rvl_collision_ike_rekeyed_by_peer(RvlIkeSa *ike,
                                       RvlIkeSa *successor,
                                       const RvlRivalry *rivalry,
                                       GBytes *nonce_i,
                                       GBytes *nonce_r);
/** rvl_collision_ike_rekey_failed: as rvl_collision_rekey_failed(). */
void rvl_collision_ike_rekey_failed(RvlIkeSa *ike, const RvlRivalry *rivalry, const GError *why);
/** rvl_collision_ike_answer_failed: the peer's rekey came to nothing here. */
void rvl_collision_ike_answer_failed(RvlIkeSa *ike, const RvlRivalry *rivalry);
/** rvl_collision_ike_deleted: the peer deletes @ike: a successor that it made takes the children. */
void rvl_collision_ike_deleted(RvlIkeSa *ike);
