/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IPv4 fragments of inner packets that a path can't carry whole: made before encryption. */
#pragma once

#include "flow.h"

G_BEGIN_DECLS

/* The largest IPv4 header, options included. */
enum { IPV4_HEADER_MAX = 60 };

/**
 * Fragmentation:
 *
 * Cuts one IPv4 packet, with or without being a fragment itself, into fragments of at most @mtu
 * octets. Source: RFC 791 3.2; RFC 4301 8.2 for doing it before IPsec.
 */
typedef struct {
    const uint8_t *packet;
    uint32_t octets;
    uint16_t first_header; /* of the packet: options and all */
    uint16_t later_header; /* of further fragments: only options with the copied flag */
    uint8_t later[IPV4_HEADER_MAX];
    uint16_t first_payload; /* multiples of eight */
    uint16_t later_payload;
    uint32_t count;
} Fragmentation;

/** fragmentation_init: false where @mtu is too small for a header and eight octets. */
bool fragmentation_init(Fragmentation *fragmentation,
                        const uint8_t *packet,
                        const PacketView *view,
                        uint32_t mtu) G_GNUC_WARN_UNUSED_RESULT;
uint32_t fragmentation_octets(const Fragmentation *fragmentation, uint32_t i);
void fragmentation_write(const Fragmentation *fragmentation, uint32_t i, uint8_t *out);

G_END_DECLS
