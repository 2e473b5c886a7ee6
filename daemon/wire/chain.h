/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The chain of generic payload headers, of both versions (RFC 7296 3.2, RFC 2408 3.2). */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>
#include <ravelin/reader.h>

/**
 * RvlChainLink:
 * @offset: of the generic header in the whole message
 * @next: type of the payload behind it
 * @flags: the octet behind it: bit 0x80 is IKEv2's critical bit, all else reserved
 * @body: reader of the octets behind the generic header
 */
typedef struct {
    size_t offset;
    uint8_t next;
    uint8_t flags;
    RvlReader body;
} RvlChainLink;

#define RVL_CHAIN_FLAG_CRITICAL 0x80

/**
 * rvl_chain_next:
 * @reader: at a generic header; moves behind the payload
 *
 * Returns: false with RVL_CAUSE_MESSAGE_MALFORMED, pointing at the length where that is wrong.
 */
bool rvl_chain_next(RvlReader *reader,
                    RvlChainLink *link,
                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
