/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reassembly of fragmented messages (RFC 7383 2.6): one message an SA, bounded. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>
#include <ravelin/octets.h>

/* Bounds of one message (RFC 7383 2.6 leaves them open): no honest chain of certificates comes near. */
#define RVL_FRAGMENTS_MAX 64
#define RVL_FRAGMENTS_MAX_OCTETS ((size_t)65535)

/**
 * RvlReassembly:
 * @total: fragments of the message, 0: nothing is being collected
 * @present: bit i: fragment i + 1 is there
 * @parts: (array length=total) (nullable): opened content of each
 * @first: type of the first payload, from fragment 1
 * @digest: of fragment 1's datagram
 * @octets: held in all
 */
typedef struct {
    uint32_t message_id;
    bool is_response;
    uint16_t total;
    uint64_t present;
    GBytes **parts;
    uint8_t first;
    uint64_t digest;
    size_t octets;
} RvlReassembly;

/** RvlFragmentVerdict: what a fragment's numbers mean, before it is opened. */
typedef enum {
    RVL_FRAGMENT_WANTED = 1,
    RVL_FRAGMENT_KNOWN = 2,   /* it is there, or its set has been superseded: drop */
    RVL_FRAGMENT_ILLEGAL = 3, /* numbers that can't be, or past the bounds */
} RvlFragmentVerdict;

/** rvl_reassembly_judge: looks only: nothing changes before the fragment's integrity holds. */
RvlFragmentVerdict rvl_reassembly_judge(const RvlReassembly *reassembly,
                                        uint32_t message_id,
                                        bool is_response,
                                        uint16_t fragment,
                                        uint16_t total);

/**
 * rvl_reassembly_add:
 * @content: opened and verified, without padding
 *
 * Stores what rvl_reassembly_judge() wanted. Another message, or the same in more fragments
 * (RFC 7383 2.5.2: the sender found a smaller MTU), drops what was collected.
 *
 * Returns: false where the message grows past the bounds; everything is dropped then.
 */
bool rvl_reassembly_add(RvlReassembly *reassembly,
                        uint32_t message_id,
                        bool is_response,
                        uint16_t fragment,
                        uint16_t total,
                        uint8_t first,
                        uint64_t digest,
                        RvlOctets content) G_GNUC_WARN_UNUSED_RESULT;

bool rvl_reassembly_is_complete(const RvlReassembly *reassembly);
/** rvl_reassembly_take: (transfer full): the whole chain; @first and @digest of fragment 1. */
GBytes *rvl_reassembly_take(RvlReassembly *reassembly, uint8_t *first, uint64_t *digest);
void rvl_reassembly_clear(RvlReassembly *reassembly);
