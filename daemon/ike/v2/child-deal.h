/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A Child SA while it is negotiated: what is offered, chosen, narrowed; then its keys. */
#pragma once

#include "ike/core/collision.h"
#include "ike/core/ike-sa.h"

/**
 * RvlChildDeal:
 * @connection: (nullable): that @policy is a part of: a reload may give the IKE SA another meanwhile
 * @policy: (nullable): a responder's: NULL until one is chosen
 * @replaces: number of the Child SA that is rekeyed; 0: none
 * @is_initiator: whether we asked
 * @in_auth: it goes with IKE_AUTH: no key exchange, and IKE_SA_INIT's nonces (RFC 7296 1.2)
 * @offer: (nullable): what we offer or accept
 * @choice: once chosen
 * @spi_in, @spi_out: ours (reserved; 0 once a Child SA holds it), the peer's; @child_spi: ours, whoever holds it
 * @spi_protocol: that ours was reserved for
 * @group: of the key exchange; NONE: without
 * @public_value: (nullable): ours
 * @secret: state of our offer, then the shared secret
 * @nonce_i, @nonce_r: (nullable)
 * @local, @remote: (nullable): offered, then agreed
 * @packet: that asked for it, and leads what is offered; of family NONE: none did
 * @child: number of the Child SA that came of it; 0: none yet
 * @refusal: (nullable): it is refused, but not what it goes with (IKE_AUTH)
 * @groups: how often the peer asked for another group
 * @peer_spi_stands: the peer believes in a Child SA that we have not: it must be told
 */
typedef struct {
    RvlConnection *connection;
    const RvlChildPolicy *policy;
    uint64_t replaces;
    bool is_initiator;
    bool in_auth;
    RvlProposals *offer;
    RvlChoice choice;
    uint8_t spi_protocol;
    uint32_t spi_in;
    uint32_t spi_out;
    uint32_t child_spi;
    uint16_t group;
    GBytes *public_value;
    RvlSecretId secret;
    GBytes *nonce_i;
    GBytes *nonce_r;
    RvlSelectors *local;
    RvlSelectors *remote;
    RvlFlow packet;
    uint64_t child;
    GError *refusal;
    unsigned groups;
    bool peer_spi_stands;
    RvlRivalry rivalry;
} RvlChildDeal;

void rvl_child_deal_clear(RvlIkeSa *ike, RvlChildDeal *deal);

/* The initiator */

/**
 * rvl_child_deal_offer: what is offered for @policy, a part of the IKE SA's connection; of a rekey
 * for the selectors that were agreed (RFC 7296 2.9.2), by what the configuration says now.
 */
void rvl_child_deal_offer(RvlIkeSa *ike,
                          RvlChildDeal *deal,
                          const RvlChildPolicy *policy,
                          const RvlChildSa *replaces);
/**
 * rvl_child_deal_lead: @packet asks for the Child SA: its own selectors go first (RFC 7296 2.9), and
 * an answer that leaves it out is refused.
 */
void rvl_child_deal_lead(RvlChildDeal *deal, const RvlFlow *packet);
/** rvl_child_deal_may_be_single: whether a packet asked, and more than its own pair is offered. */
bool rvl_child_deal_may_be_single(const RvlChildDeal *deal);
/** rvl_child_deal_single: asks for the packet's own pair and no other (2.9: SINGLE_PAIR_REQUIRED). */
void rvl_child_deal_single(RvlChildDeal *deal);
/**
 * rvl_child_deal_holds_packet: whether the packet that asked for it, if one did, lies within.
 *
 * Errors: RVL_CAUSE_SELECTOR_MISMATCH.
 */
bool rvl_child_deal_holds_packet(const RvlChildDeal *deal,
                                 const RvlSelectors *local,
                                 const RvlSelectors *remote,
                                 GError **error);
/** rvl_child_deal_add_offer: SA, nonce and KE where it has its own, TSi, TSr, notifies. */
void rvl_child_deal_add_offer(const RvlChildDeal *deal, RvlDraft *out);
/** rvl_child_deal_offered: (transfer full): what of the offer @cause is about, for reports. */
char *rvl_child_deal_offered(const RvlChildDeal *deal, RvlCause cause);
/** rvl_child_deal_accept: the peer's answer holds what we can live with. */
bool rvl_child_deal_accept(RvlIkeSa *ike,
                           RvlChildDeal *deal,
                           const RvlMessage *message,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The responder */

/**
 * rvl_child_deal_choose: which of the connection's children the peer asks for, by selectors and
 * proposals. @replaces: (nullable): the Child SA that it wants to rekey.
 */
bool rvl_child_deal_choose(RvlIkeSa *ike,
                           RvlChildDeal *deal,
                           const RvlMessage *message,
                           const RvlChildSa *replaces,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/** rvl_child_deal_add_answer: the same payloads as chosen. */
void rvl_child_deal_add_answer(const RvlChildDeal *deal, RvlDraft *out);

/* Both */

/** rvl_child_deal_reserve_job: (transfer full): one inbound SPI. */
RvlJob *rvl_child_deal_reserve_job(const RvlIkeSa *ike, const RvlChildDeal *deal);
/** rvl_child_deal_take_spi: out of the answer to that. */
bool rvl_child_deal_take_spi(RvlChildDeal *deal,
                             RvlJobResult *answer,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_child_deal_make:
 *
 * Derives the keys and makes the Child SA, NEGOTIATED; the shared secret is released.
 *
 * Returns: (transfer none) (nullable): NULL with @error.
 */
RvlChildSa *rvl_child_deal_make(RvlIkeSa *ike, RvlChildDeal *deal, GError **error);
/** rvl_child_deal_child: (nullable): the Child SA that came of it, where it still stands. */
RvlChildSa *rvl_child_deal_child(const RvlIkeSa *ike, const RvlChildDeal *deal);
