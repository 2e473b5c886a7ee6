/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The chain of generic payload headers. */
#include "config.h"

#include "wire/chain.h"

#include <ravelin/error.h>
#include "wire/payload.h"

bool
rvl_chain_next(RvlReader *reader, RvlChainLink *link, GError **error)
{
    link->offset = rvl_reader_offset(reader);
    link->next = rvl_reader_u8(reader, "next payload");
    link->flags = rvl_reader_u8(reader, "critical bit");

    size_t length_offset = rvl_reader_offset(reader);
    size_t length = rvl_reader_u16(reader, "payload length");

    if (!rvl_reader_check(reader, error))
        return false;
    if (length < RVL_PAYLOAD_HEADER_OCTETS) {
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, length_offset,
                                "payload length is %zu, below its own header's %zu", length,
                                RVL_PAYLOAD_HEADER_OCTETS);
        return false;
    }
    if (length - RVL_PAYLOAD_HEADER_OCTETS > rvl_reader_left(reader)) {
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, length_offset,
                                "payload length is %zu, the message holds %zu", length,
                                rvl_reader_left(reader) + RVL_PAYLOAD_HEADER_OCTETS);
        return false;
    }
    rvl_reader_child(reader, length - RVL_PAYLOAD_HEADER_OCTETS, "payload", &link->body);
    return true;
}
