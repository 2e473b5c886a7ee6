/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A peer that holds the keys of an IKE SA and says whatever a test wants it to say. */
#pragma once

#include "ike/core/ike-sa.h"

/**
 * Insider:
 * @sequence: of the next message that is sealed; far from those of the peer itself
 */
typedef struct {
    uint64_t sequence;
} Insider;

#define INSIDER_INIT                                                                               \
    {                                                                                              \
        .sequence = UINT64_C(1) << 40                                                              \
    }

/**
 * insider_open: (transfer full) (nullable): what a genuine SK message to @to holds; NULL where it
 * is a fragment, or isn't for this SA or this state of it.
 */
RvlMessage *insider_open(const RvlIkeSa *to, GBytes *datagram);

/**
 * insider_seal:
 * @header: as it is to stand there
 * @first, @chain: payloads, or a part of them
 * @fragment, @total: any numbers, for SKF; both 0: SK
 *
 * Returns: (transfer full) (nullable): a message to @to whose integrity holds; NULL where @to has
 * no keys yet, or it would be too long.
 */
GBytes *insider_seal(Insider *insider,
                     const RvlIkeSa *to,
                     const RvlIsakmpHeader *header,
                     uint8_t first,
                     RvlOctets chain,
                     uint16_t fragment,
                     uint16_t total);

/** insider_header: of a message of the peer's to @to: its next request, or the answer waited for. */
RvlIsakmpHeader insider_header(const RvlIkeSa *to, uint8_t exchange, bool is_response);
