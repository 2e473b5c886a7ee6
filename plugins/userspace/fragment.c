/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IPv4 fragmentation (RFC 791 3.2). */
#include "config.h"

#include "fragment.h"

#include <string.h>

#include "byte-order.h"
#include "checksum.h"

enum {
    OPTION_END = 0,
    OPTION_NOP = 1,
    OPTION_COPIED = 0x80,
    FLAG_MORE = 0x2000,
    OFFSET_MASK = 0x1fff,
};

/* The header of later fragments: options are copied where their flag says so (3.1). */
static void
make_later_header(Fragmentation *f)
{
    uint16_t at = IPV4_HEADER;

    memcpy(f->later, f->packet, IPV4_HEADER);
    f->later_header = IPV4_HEADER;
    while (at < f->first_header && f->packet[at] != OPTION_END) {
        uint8_t octets = 1;

        if (f->packet[at] != OPTION_NOP) {
            octets = at + 1 < f->first_header ? f->packet[at + 1] : 0;
            if (octets < 2 || octets > f->first_header - at)
                break;
            if ((f->packet[at] & OPTION_COPIED) != 0) {
                memcpy(f->later + f->later_header, f->packet + at, octets);
                f->later_header = (uint16_t)(f->later_header + octets);
            }
        }
        at = (uint16_t)(at + octets);
    }
    while (f->later_header % 4 != 0)
        f->later[f->later_header++] = OPTION_END;
    f->later[0] = (uint8_t)(0x40 | f->later_header / 4);
}

bool
fragmentation_init(Fragmentation *f, const uint8_t *packet, const PacketView *view, uint32_t mtu)
{
    uint32_t payload;

    *f = (Fragmentation){
        .packet = packet,
        .octets = view->octets,
        .first_header = (uint16_t)((packet[0] & 0x0f) * 4),
    };
    if (mtu < (uint32_t)f->first_header + 8)
        return false;
    make_later_header(f);
    f->first_payload = (uint16_t)((mtu - f->first_header) & ~7u);
    f->later_payload = (uint16_t)((mtu - f->later_header) & ~7u);
    payload = f->octets - f->first_header;
    f->count = payload <= f->first_payload
                   ? 1
                   : 1 + (payload - f->first_payload + f->later_payload - 1) / f->later_payload;
    return true;
}

/* Where the @i-th fragment's payload begins in the packet's. */
static uint32_t
payload_start(const Fragmentation *f, uint32_t i)
{
    return i == 0 ? 0 : f->first_payload + (i - 1) * f->later_payload;
}

static uint32_t
payload_octets(const Fragmentation *f, uint32_t i)
{
    uint32_t left = f->octets - f->first_header - payload_start(f, i);
    uint32_t room = i == 0 ? f->first_payload : f->later_payload;

    return MIN(left, room);
}

uint32_t
fragmentation_octets(const Fragmentation *f, uint32_t i)
{
    return (i == 0 ? f->first_header : f->later_header) + payload_octets(f, i);
}

void
fragmentation_write(const Fragmentation *f, uint32_t i, uint8_t *out)
{
    uint32_t start = payload_start(f, i), octets = payload_octets(f, i);
    uint16_t header = i == 0 ? f->first_header : f->later_header;
    uint16_t field = load16(f->packet + 6);
    uint16_t offset = (uint16_t)((field & OFFSET_MASK) + start / 8);
    bool has_more = (field & FLAG_MORE) != 0 || i + 1 < f->count;

    memcpy(out, i == 0 ? f->packet : f->later, header);
    memcpy(out + header, f->packet + f->first_header + start, octets);
    store16(out + 2, (uint16_t)(header + octets));
    store16(out + 6, (uint16_t)(offset | (has_more ? FLAG_MORE : 0)));
    checksum_ipv4_header(out);
}
