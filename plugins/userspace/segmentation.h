/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Super-packets that TUN hands out (TSO, USO), cut into the packets that they stand for. */
#pragma once

#include <linux/virtio_net.h>

#include "flow.h"

G_BEGIN_DECLS

/* Without mergeable buffers: what TUN uses unless asked for more. */
#define VNET_HEADER ((size_t)10)

/**
 * Segmentation:
 * @packet: the super-packet, or a single packet whose checksum may lack
 * @headers: octets that each segment repeats; 0 where the packet is a single one
 * @segment: payload octets of each but the last
 * @count: packets that it stands for
 */
typedef struct {
    const uint8_t *packet;
    const PacketView *view;
    uint16_t headers;
    uint16_t segment;
    uint32_t count;
    bool needs_checksum;
    uint16_t checksum_start;
    uint16_t checksum_offset;
} Segmentation;

/**
 * segmentation_init:
 * @header: virtio-net header that came with @packet
 *
 * Returns: false where header and packet don't fit together.
 */
bool segmentation_init(Segmentation *segmentation,
                       const struct virtio_net_hdr *header,
                       const uint8_t *packet,
                       const PacketView *view) G_GNUC_WARN_UNUSED_RESULT;

/** segmentation_octets: of the @i-th packet, headers included. */
uint32_t segmentation_octets(const Segmentation *segmentation, uint32_t i);

/** segmentation_write: the @i-th packet, whole and with its checksums, to @out. */
void segmentation_write(const Segmentation *segmentation, uint32_t i, uint8_t *out);

G_END_DECLS
