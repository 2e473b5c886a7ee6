/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reassembly of fragmented messages. */
#include "config.h"

#include "ike/core/fragments.h"

#include <string.h>

static bool
is_of(const RvlReassembly *reassembly, uint32_t message_id, bool is_response)
{
    return reassembly->total != 0 && reassembly->message_id == message_id &&
           reassembly->is_response == is_response;
}

RvlFragmentVerdict
rvl_reassembly_judge(const RvlReassembly *reassembly,
                     uint32_t message_id,
                     bool is_response,
                     uint16_t fragment,
                     uint16_t total)
{
    if (fragment == 0 || fragment > total || total > RVL_FRAGMENTS_MAX)
        return RVL_FRAGMENT_ILLEGAL;
    if (!is_of(reassembly, message_id, is_response) || total > reassembly->total)
        return RVL_FRAGMENT_WANTED;
    if (total < reassembly->total)
        return RVL_FRAGMENT_KNOWN;
    return (reassembly->present >> (fragment - 1) & 1) != 0 ? RVL_FRAGMENT_KNOWN
                                                            : RVL_FRAGMENT_WANTED;
}

bool
rvl_reassembly_add(RvlReassembly *reassembly,
                   uint32_t message_id,
                   bool is_response,
                   uint16_t fragment,
                   uint16_t total,
                   uint8_t first,
                   uint64_t digest,
                   RvlOctets content)
{
    if (!is_of(reassembly, message_id, is_response) || total != reassembly->total) {
        rvl_reassembly_clear(reassembly);
        reassembly->message_id = message_id;
        reassembly->is_response = is_response;
        reassembly->total = total;
        reassembly->parts = g_new0(GBytes *, total);
    }
    if (content.size > RVL_FRAGMENTS_MAX_OCTETS - reassembly->octets) {
        rvl_reassembly_clear(reassembly);
        return false;
    }
    if (fragment == 1) {
        reassembly->first = first;
        reassembly->digest = digest;
    }
    reassembly->parts[fragment - 1] = g_bytes_new(content.data, content.size);
    reassembly->present |= UINT64_C(1) << (fragment - 1);
    reassembly->octets += content.size;
    return true;
}

bool
rvl_reassembly_is_complete(const RvlReassembly *reassembly)
{
    uint64_t all = reassembly->total == 64 ? UINT64_MAX : (UINT64_C(1) << reassembly->total) - 1;

    return reassembly->total != 0 && reassembly->present == all;
}

GBytes *
rvl_reassembly_take(RvlReassembly *reassembly, uint8_t *first, uint64_t *digest)
{
    uint8_t *whole = g_malloc(reassembly->octets + 1);
    size_t at = 0;
    size_t octets = reassembly->octets;

    for (size_t i = 0; i < reassembly->total; i++) {
        RvlOctets part = rvl_octets_from_bytes(reassembly->parts[i]);

        if (part.size > 0)
            memcpy(whole + at, part.data, part.size);
        at += part.size;
    }
    *first = reassembly->first;
    *digest = reassembly->digest;
    rvl_reassembly_clear(reassembly);
    return g_bytes_new_take(whole, octets);
}

void
rvl_reassembly_clear(RvlReassembly *reassembly)
{
    for (size_t i = 0; i < reassembly->total; i++)
        g_clear_pointer(&reassembly->parts[i], g_bytes_unref);
    g_free(reassembly->parts);
    *reassembly = (RvlReassembly){0};
}
