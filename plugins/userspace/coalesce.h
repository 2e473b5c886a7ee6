/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inbound inner packets gathered into super-packets, so that one write hands many to the kernel. */
#pragma once

#include <sys/uio.h>

#include "segmentation.h"

G_BEGIN_DECLS

enum {
    COALESCE_FLOWS = 16,
    COALESCE_PACKETS = 64,
};

/**
 * CoalesceWrite:
 * @target: whatever was given with the packets
 * @iov: virtio-net header, first packet, payloads of the further ones
 * @packets: how many it stands for
 *
 * Hands one packet or super-packet to its interface.
 */
typedef void (
    *CoalesceWrite)(void *context, void *target, const struct iovec *iov, int n, unsigned packets);

/* One flow's packets so far. */
typedef struct {
    bool is_open;
    void *target;
    FlowKey key;
    uint8_t *first;
    uint16_t transport;
    uint16_t headers;
    uint16_t segment;
    uint32_t octets;
    uint32_t next_sequence;
    uint16_t next_id;
    uint8_t more_flags; /* PSH and FIN of later segments */
    int n_iov;
    struct iovec iov[COALESCE_PACKETS + 1];
    struct virtio_net_hdr header;
} CoalesceGroup;

/**
 * Coalescer:
 * @next: group that makes room where all are open
 */
typedef struct {
    CoalesceWrite write;
    void *context;
    unsigned next;
    CoalesceGroup groups[COALESCE_FLOWS];
} Coalescer;

/** CoalesceAbility: what an interface takes. */
typedef struct {
    bool has_vnet_header;
    bool has_tso;
    bool has_uso;
} CoalesceAbility;

/**
 * coalesce_add:
 * @packet: stays valid until coalesce_flush(); its headers may be changed
 *
 * Takes the packet: it goes with others of its flow, or at once. Order within a flow holds.
 */
void coalesce_add(Coalescer *coalescer,
                  void *target,
                  const CoalesceAbility *ability,
                  uint8_t *packet,
                  const PacketView *view);

/** coalesce_flush: writes all that is open. */
void coalesce_flush(Coalescer *coalescer);

G_END_DECLS
