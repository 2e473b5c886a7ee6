/* SPDX-License-Identifier: MIT */
/* A path: how packets of an SA travel. NAT, mobility and TCP encapsulation change it, nothing else. */
#pragma once

#include <ravelin/address.h>

G_BEGIN_DECLS

/** RvlTransport: how IKE (and with it ESP) is carried. */
typedef enum {
    RVL_TRANSPORT_UDP = 1,       /* IKE alone, without non-ESP marker; ESP and AH are raw IP */
    RVL_TRANSPORT_UDP_ENCAP = 2, /* RFC 3948: non-ESP marker before IKE, ESP in UDP */
    RVL_TRANSPORT_TCP = 3,       /* RFC 9329: a stream */
} RvlTransport;

/**
 * RvlPath:
 * @local, @remote: both ends; each endpoint holds its scope
 * @transport: RvlTransport
 * @is_reliable: the transport retransmits by itself: IKE doesn't (RFC 9329 6)
 * @mtu: octets of the largest IP packet that passes, 0 where unknown
 * @vrf: interface index of the VRF to which the socket is bound, or 0
 * @mark: socket mark, or 0
 *
 * A plain value. Across the contract it goes by pointer.
 */
typedef struct {
    RvlEndpoint local;
    RvlEndpoint remote;
    uint8_t transport;
    bool is_reliable;
    uint32_t mtu;
    uint32_t vrf;
    uint32_t mark;
} RvlPath;

/** RVL_PATH_TEXT: octets of the longest text of a path, with its zero. */
#define RVL_PATH_TEXT (2 * RVL_ADDRESS_TEXT + 16)

/** rvl_path_equal: whether packets would travel alike; the MTU doesn't count. */
bool rvl_path_equal(const RvlPath *a, const RvlPath *b);
/** rvl_path_format: `192.0.2.1:4500 -> 198.51.100.4:4500 (udp-encap)`. Returns @text. */
const char *rvl_path_format(const RvlPath *path, char text[RVL_PATH_TEXT]);
/** rvl_transport_word: (transfer none): `udp`, `udp-encap`, `tcp`. */
const char *rvl_transport_word(uint8_t transport);

G_END_DECLS
