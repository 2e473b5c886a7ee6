/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UDP and raw sockets: opening, sending one datagram, receiving a batch. */
#pragma once

#include <ravelin/address.h>

/** RVL_NON_ESP_MARKER_OCTETS: four zeros before IKE on an encapsulated port (RFC 3948 2.2). */
#define RVL_NON_ESP_MARKER_OCTETS 4

/**
 * rvl_udp_socket_open:
 * @local: address and port to bind; port 0: any free one
 * @is_shared: SO_REUSEPORT: one of a group
 *
 * Returns: a descriptor that doesn't block and is closed on exec, or -1 with RVL_CAUSE_PORT_IN_USE,
 * _LOCAL_ADDRESS_MISSING or _PERMISSION_MISSING.
 */
int rvl_udp_socket_open(const RvlEndpoint *local,
                        bool is_shared,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_raw_socket_open: the same for an IP protocol without ports. Needs CAP_NET_RAW. */
int rvl_raw_socket_open(const RvlEndpoint *local,
                        uint8_t protocol,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/** rvl_socket_port: the port that a socket is bound to, 0 on failure. */
uint16_t rvl_socket_port(int fd);

/**
 * rvl_udp_socket_send:
 * @has_marker: put the non-ESP marker before @octets
 *
 * Returns: 0, or the errno of what failed. A full socket buffer (EAGAIN) loses the datagram, as a
 * network may: IKE retransmits.
 */
int rvl_udp_socket_send(int fd,
                        const RvlEndpoint *remote,
                        bool has_marker,
                        const void *octets,
                        size_t n);

/** RVL_UDP_BATCH: datagrams that one receive takes at most. */
#define RVL_UDP_BATCH 16

/** RvlUdpBatch: buffers for RVL_UDP_BATCH datagrams, made once and used by one thread. */
typedef struct RvlUdpBatch RvlUdpBatch;

RvlUdpBatch *rvl_udp_batch_new(void);
void rvl_udp_batch_free(RvlUdpBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RvlUdpBatch, rvl_udp_batch_free)

/** RvlUdpReceived: one datagram; borrowed for the call. */
typedef void (*RvlUdpReceived)(const RvlEndpoint *remote,
                               const uint8_t *octets,
                               size_t n,
                               void *user_data);

/** rvl_udp_batch_receive: what waits on @fd, at most one batch. Returns how many came. */
size_t rvl_udp_batch_receive(RvlUdpBatch *batch, int fd, RvlUdpReceived received, void *user_data);
