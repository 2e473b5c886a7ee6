/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is told to the sender of an inner packet that is too big for the tunnel. */
#pragma once

#include "flow.h"

G_BEGIN_DECLS

/* IPv6 asks for as much of the packet as fits into the least MTU (RFC 4443 2.4c); IPv4 for 576 (RFC 1812 4.3.2.3). */
enum { ICMP_MESSAGE_MAX = 1280 };

/**
 * icmp_too_big:
 * @packet: that was too big
 * @mtu: octets that pass
 * @message: (array length=ICMP_MESSAGE_MAX) (out): an IP packet to its sender
 *
 * The source is the packet's destination: an address that every host routes through the tunnel,
 * so that no reverse-path filter drops it.
 *
 * Returns: octets of @message; 0 where nothing may be said: about an ICMP error, to or from a
 * multicast or unspecified address, about later fragments (RFC 1122 3.2.2, RFC 4443 2.4e).
 */
size_t icmp_too_big(const uint8_t *packet,
                    const PacketView *view,
                    uint32_t mtu,
                    uint8_t message[ICMP_MESSAGE_MAX]);

G_END_DECLS
