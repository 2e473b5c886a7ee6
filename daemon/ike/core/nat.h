/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* NAT detection and what follows from it (RFC 7296 2.23). */
#pragma once

#include "ike/core/ike-sa.h"

/** RVL_NAT_HASH_OCTETS: of the data of both notifies. */
#define RVL_NAT_HASH_OCTETS 20

/**
 * rvl_nat_hash:
 * @initiator_spi, @responder_spi: as they stand in the message's header
 */
bool rvl_nat_hash(const RvlCrypto *crypto,
                  uint64_t initiator_spi,
                  uint64_t responder_spi,
                  const RvlEndpoint *endpoint,
                  uint8_t hash[RVL_NAT_HASH_OCTETS],
                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * rvl_nat_add_notifies:
 * @pretends: our own hash is made wrong, so that the peer believes in a NAT and encapsulates
 *
 * Adds NAT_DETECTION_SOURCE_IP and _DESTINATION_IP of a message on @path.
 */
bool rvl_nat_add_notifies(RvlDraft *draft,
                          RvlEngine *engine,
                          uint64_t initiator_spi,
                          uint64_t responder_spi,
                          const RvlPath *path,
                          bool pretends,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_nat_detect: reads the peer's notifies of @message; sets has_nat_here and has_nat_there. */
bool rvl_nat_detect(RvlIkeSa *ike, const RvlMessage *message, const RvlPath *path, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/** rvl_nat_wants_encapsulation: whether @connection or the installer wants ESP in UDP anyway. */
bool rvl_nat_wants_encapsulation(const RvlEngine *engine, const RvlConnection *connection);

/**
 * rvl_nat_float: an initiator's, after IKE_SA_INIT: port 4500 with encapsulation where a NAT was
 * found or encapsulation is wanted.
 * @encap_port: our port with non-ESP marker
 */
void rvl_nat_float(RvlIkeSa *ike, uint16_t encap_port);

/** rvl_nat_settle: decides encapsulates from what was detected and how the last message came. */
void rvl_nat_settle(RvlIkeSa *ike);
