/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Internet checksum, eight octets at a time. */
#include "config.h"

#include "checksum.h"

#include <string.h>
#include <glib.h>

#include "byte-order.h"

enum { IPV4_CHECKSUM = 10, IPV4_SOURCE = 12, IPV6_SOURCE = 8 };

static inline uint64_t
load_native(const uint8_t *octets)
{
    uint64_t word;

    memcpy(&word, octets, sizeof word);
    return word;
}

/* Native words are summed and the octets swapped at the end: the sum is the same (RFC 1071 2B). */
uint64_t
checksum_add(uint64_t sum, const uint8_t *octets, size_t n)
{
    uint64_t low = 0, high = 0, low2 = 0, high2 = 0;

    for (; n >= 16; octets += 16, n -= 16) {
        uint64_t a = load_native(octets), b = load_native(octets + 8);

        low += (uint32_t)a;
        high += a >> 32;
        low2 += (uint32_t)b;
        high2 += b >> 32;
    }
    if (n > 0) {
        uint8_t rest[16] = {0};

        memcpy(rest, octets, n);
        low += (uint32_t)load_native(rest);
        high += load_native(rest) >> 32;
        low2 += (uint32_t)load_native(rest + 8);
        high2 += load_native(rest + 8) >> 32;
    }

    uint16_t folded = checksum_fold(low + high + low2 + high2);

    return sum + GUINT16_FROM_BE(folded);
}

uint16_t
checksum_fold(uint64_t sum)
{
    sum = (sum & 0xffffffff) + (sum >> 32);
    sum = (sum & 0xffffffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

uint64_t
checksum_pseudo_header(const uint8_t *packet, uint8_t protocol, uint32_t octets)
{
    uint64_t sum = packet[0] >> 4 == 4 ? checksum_add(0, packet + IPV4_SOURCE, 8)
                                       : checksum_add(0, packet + IPV6_SOURCE, 32);

    return sum + protocol + (octets >> 16) + (octets & 0xffff);
}

void
checksum_ipv4_header(uint8_t *packet)
{
    size_t octets = (size_t)(packet[0] & 0x0f) * 4;

    store16(packet + IPV4_CHECKSUM, 0);
    store16(packet + IPV4_CHECKSUM, (uint16_t)~checksum_fold(checksum_add(0, packet, octets)));
}
