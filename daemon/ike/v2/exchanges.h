/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exchanges of IKEv2: their descriptors, which of them a request is, and what begins ours. */
#pragma once

#include "ike/core/collision.h"
#include "ike/core/ike-sa.h"

/* In the order of an SA's life; each in the file of its name. */
extern const RvlExchangeKind rvl_exchange_sa_init;
extern const RvlExchangeKind rvl_exchange_auth;
extern const RvlExchangeKind rvl_exchange_create_child;
extern const RvlExchangeKind rvl_exchange_rekey_child;
extern const RvlExchangeKind rvl_exchange_rekey_ike;
extern const RvlExchangeKind rvl_exchange_liveness;
extern const RvlExchangeKind rvl_exchange_delete_child;
extern const RvlExchangeKind rvl_exchange_delete_ike;
extern const RvlExchangeKind rvl_exchange_informational; /* what the peer asks by INFORMATIONAL */

/**
 * rvl_exchanges_of_request:
 * @message: (nullable): NULL where it couldn't be parsed: the exchange that would refuse it
 *
 * Returns: (transfer none) (nullable): which exchange a verified request begins; NULL: none that the
 * SA's state allows.
 */
const RvlExchangeKind *rvl_exchanges_of_request(const RvlIkeSa *ike,
                                                const RvlIsakmpHeader *header,
                                                const RvlMessage *message);

/* Each queues a request of ours and starts it where the window is free. */
void rvl_exchanges_auth(RvlIkeSa *ike);
/** rvl_exchanges_create_child: @packet: (nullable): that asks for it. */
void rvl_exchanges_create_child(RvlIkeSa *ike, const RvlChildPolicy *policy, const RvlFlow *packet);
void rvl_exchanges_rekey_child(RvlIkeSa *ike, RvlChildSa *child);
void rvl_exchanges_rekey_ike(RvlIkeSa *ike);
/** rvl_exchanges_liveness: after silence; not asked where traffic shows that the peer lives. */
void rvl_exchanges_liveness(RvlIkeSa *ike);
/** rvl_exchanges_probe: whether the peer lives is in doubt, whatever came before. */
void rvl_exchanges_probe(RvlIkeSa *ike);
void rvl_exchanges_delete_child(RvlIkeSa *ike, RvlChildSa *child, RvlCause cause);
/** rvl_exchanges_delete_spi: of a Child SA that only the peer believes in. */
void rvl_exchanges_delete_spi(RvlIkeSa *ike, RvlProtocol protocol, uint32_t spi);
/**
 * rvl_exchanges_move_deletes: the Child SAs of @from have moved to @to: deletes that @from still has,
 * unsent or unanswered, are asked for there (RFC 7296 2.8, 2.25.2).
 */
void rvl_exchanges_move_deletes(const RvlIkeSa *from, RvlIkeSa *to);
void rvl_exchanges_delete_ike(RvlIkeSa *ike);

/**
 * rvl_exchanges_next:
 * @after: (nullable): where to go on; NULL begins
 *
 * Returns: (transfer none) (nullable): the next of our requests of @kind: the one in the window, then
 * those that wait for it.
 */
const RvlExchange *rvl_exchanges_next(const RvlIkeSa *ike,
                                      const RvlExchangeKind *kind,
                                      const RvlExchange *after);
/** rvl_exchanges_is_creating: whether a Child SA of this name is being asked for. */
bool rvl_exchanges_is_creating(const RvlIkeSa *ike, const char *child);
/** rvl_exchanges_is_rekeying: whether either end's rekey of @child is under way, or waits to be asked. */
bool rvl_exchanges_is_rekeying(const RvlIkeSa *ike, const RvlChildSa *child);
/** rvl_exchanges_is_deleting: whether @x asks to delete @child. */
bool rvl_exchanges_is_deleting(const RvlExchange *x, const RvlChildSa *child);
/** rvl_exchanges_replaces: number of the Child SA that a rekey @x is about; 0: the IKE SA. */
uint64_t rvl_exchanges_replaces(const RvlExchange *x);
/** rvl_exchanges_rivalry: (transfer none): of a rekey. */
RvlRivalry *rvl_exchanges_rivalry(RvlExchange *x);
/** rvl_exchanges_rekey_connection: all Child SAs of it, whose policy has changed. */
void rvl_exchanges_rekey_connection(RvlEngine *engine, const RvlConnection *connection);
/** rvl_exchanges_migrate_children: the path has changed: their ESP follows. */
void rvl_exchanges_migrate_children(RvlIkeSa *ike);

/** rvl_exchanges_key_exchange_job: (transfer full): of an SA that stands. */
RvlJob *rvl_exchanges_key_exchange_job(const RvlIkeSa *ike, RvlJobKind kind, uint16_t group);
/** rvl_exchanges_offers_group: whether some proposal of @offer holds @group, which isn't NONE. */
bool rvl_exchanges_offers_group(const RvlProposals *offer, uint16_t group);
/** rvl_exchanges_first_group: the group that @offer prefers; NONE: it has none. */
uint16_t rvl_exchanges_first_group(const RvlProposals *offer);

/** rvl_exchanges_add_choice: an SA payload of the one proposal that was chosen. */
void rvl_exchanges_add_choice(RvlDraft *out,
                              const RvlChoice *choice,
                              RvlProtocol protocol,
                              RvlOctets spi);
