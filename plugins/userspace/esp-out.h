/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Outbound ESP: packets gathered back to back into messages, sealed in batches. */
#pragma once

#include "esp.h"
#include "sa-route.h"

G_BEGIN_DECLS

enum {
    OUT_PACKETS = 512,
    OUT_MESSAGES = 256,
    /* Segments of one UDP_SEGMENT message: older kernels refuse more. */
    OUT_SEGMENTS = 64,
    /* Longer messages arrive as single datagrams. */
    OUT_MESSAGE_OCTETS = 65000,
};
#define OUT_ARENA ((size_t)1 << 20)

/**
 * OutMessage:
 * @first, @count: its packets
 * @offset, @octets: of the arena
 * @segment: octets of each packet but the last
 * @failed: a packet of it was not sealed: nothing of it may leave
 *
 * Equal ESP packets of one SA, back to back: one system call sends them all.
 */
typedef struct {
    Sa *sa;
    SaRoute *route;
    uint32_t first;
    uint32_t count;
    uint32_t offset;
    uint32_t octets;
    uint32_t segment;
    uint8_t traffic_class;
    bool is_full;
    bool failed;
} OutMessage;

/** EspOut: one worker's outbound batch; allocated once. */
typedef struct {
    RvlPacket packets[OUT_PACKETS];
    EspAad aads[OUT_PACKETS];
    OutMessage messages[OUT_MESSAGES];
    uint32_t n_packets;
    uint32_t n_messages;
    uint32_t used;
    uint8_t *arena;
} EspOut;

EspOut *esp_out_new(void);
void esp_out_free(EspOut *out);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EspOut, esp_out_free)

/** esp_out_has_room: for one more packet with @inner octets of @sa. */
bool esp_out_has_room(const EspOut *out, const Sa *sa, uint32_t inner);

/**
 * esp_out_add:
 * @route: of @sa, as it stands now
 * @sequence: was taken from @sa
 * @inner: octets of the inner packet
 * @next_header: PROTOCOL_IPV4 or _IPV6
 * @traffic_class: of the outer header
 *
 * There must be room. Returns: where the caller writes the inner packet; all around it is written.
 *
 * Source: RFC 4303 2, 3.3.
 */
uint8_t *esp_out_add(EspOut *out,
                     Sa *sa,
                     SaRoute *route,
                     uint64_t sequence,
                     uint32_t inner,
                     uint8_t next_header,
                     uint8_t traffic_class);

/**
 * esp_out_seal:
 * @scratches: (array): of the calling thread, by the suite's number; made where they lack
 *
 * Seals all packets. A message of which one was not sealed is marked as failed. Returns how many
 * packets were not sealed.
 */
uint32_t esp_out_seal(EspOut *out, RvlProtectionScratch **scratches);

/** esp_out_clear: begins anew. */
void esp_out_clear(EspOut *out);

G_END_DECLS
