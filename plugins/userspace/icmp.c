/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ICMP "fragmentation needed" (RFC 1191 4) and ICMPv6 "packet too big" (RFC 4443 3.2). */
#include "config.h"

#include "icmp.h"

#include <string.h>

#include "byte-order.h"
#include "checksum.h"

enum {
    ICMP_HEADER = 8,
    ICMP_UNREACHABLE = 3,
    ICMP_FRAGMENTATION_NEEDED = 4,
    ICMPV6_TOO_BIG = 2,
    ICMPV6_FIRST_INFORMATIONAL = 128,
    IPV4_MESSAGE_MAX = 576,
    HOP_LIMIT = 64,
};

/* Types of IPv4 that report errors. */
static bool
is_icmp_error(uint8_t type)
{
    enum { SOURCE_QUENCH = 4, REDIRECT = 5, TIME_EXCEEDED = 11, PARAMETER_PROBLEM = 12 };

    return type == ICMP_UNREACHABLE || type == SOURCE_QUENCH || type == REDIRECT ||
           type == TIME_EXCEEDED || type == PARAMETER_PROBLEM;
}

static bool
may_answer_ipv4(const uint8_t *packet, const PacketView *view)
{
    static const uint8_t zeros[4];
    bool is_later_fragment = view->key.is_fragment && (load16(packet + 6) & 0x1fff) != 0;

    if (is_later_fragment || packet[12] >= 224 || packet[16] >= 224 ||
        memcmp(packet + 12, zeros, 4) == 0)
        return false;
    return view->key.protocol != PROTOCOL_ICMP || !view->key.ports_known ||
           !is_icmp_error((uint8_t)(view->key.source_port >> 8));
}

static bool
may_answer_ipv6(const uint8_t *packet, const PacketView *view)
{
    static const uint8_t zeros[16];

    if (packet[8] == 0xff || memcmp(packet + 8, zeros, 16) == 0)
        return false; /* to a multicast address it may be said (RFC 4443 2.4e.3) */
    return view->key.protocol != PROTOCOL_ICMPV6 || !view->key.ports_known ||
           view->key.source_port >> 8 >= ICMPV6_FIRST_INFORMATIONAL;
}

static size_t
write_ipv4(const uint8_t *packet, const PacketView *view, uint32_t mtu, uint8_t *message)
{
    size_t quoted = MIN(view->octets, (size_t)IPV4_MESSAGE_MAX - IPV4_HEADER - ICMP_HEADER);
    size_t octets = IPV4_HEADER + ICMP_HEADER + quoted;
    uint8_t *icmp = message + IPV4_HEADER;

    memset(message, 0, IPV4_HEADER + ICMP_HEADER);
    message[0] = 0x45;
    message[1] = 0xc0; /* internetwork control (RFC 1812 4.3.2.5) */
    store16(message + 2, (uint16_t)octets);
    message[8] = HOP_LIMIT;
    message[9] = PROTOCOL_ICMP;
    memcpy(message + 12, packet + 16, 4);
    memcpy(message + 16, packet + 12, 4);
    checksum_ipv4_header(message);

    icmp[0] = ICMP_UNREACHABLE;
    icmp[1] = ICMP_FRAGMENTATION_NEEDED;
    store16(icmp + 6, (uint16_t)MIN(mtu, LARGEST_PACKET));
    memcpy(icmp + ICMP_HEADER, packet, quoted);
    store16(icmp + 2, (uint16_t)~checksum_fold(checksum_add(0, icmp, ICMP_HEADER + quoted)));
    return octets;
}

static size_t
write_ipv6(const uint8_t *packet, const PacketView *view, uint32_t mtu, uint8_t *message)
{
    size_t quoted = MIN(view->octets, (size_t)ICMP_MESSAGE_MAX - IPV6_HEADER - ICMP_HEADER);
    uint8_t *icmp = message + IPV6_HEADER;
    uint64_t sum;

    memset(message, 0, IPV6_HEADER + ICMP_HEADER);
    message[0] = 0x60;
    store16(message + 4, (uint16_t)(ICMP_HEADER + quoted));
    message[6] = PROTOCOL_ICMPV6;
    message[7] = HOP_LIMIT;
    memcpy(message + 8, packet + 24, 16);
    memcpy(message + 24, packet + 8, 16);

    icmp[0] = ICMPV6_TOO_BIG;
    store32(icmp + 4, mtu);
    memcpy(icmp + ICMP_HEADER, packet, quoted);
    sum = checksum_pseudo_header(message, PROTOCOL_ICMPV6, (uint32_t)(ICMP_HEADER + quoted));
    store16(icmp + 2, (uint16_t)~checksum_fold(checksum_add(sum, icmp, ICMP_HEADER + quoted)));
    return IPV6_HEADER + ICMP_HEADER + quoted;
}

size_t
icmp_too_big(const uint8_t *packet,
             const PacketView *view,
             uint32_t mtu,
             uint8_t message[ICMP_MESSAGE_MAX])
{
    if (view->key.family == RVL_FAMILY_IPV6)
        return may_answer_ipv6(packet, view) ? write_ipv6(packet, view, mtu, message) : 0;
    return may_answer_ipv4(packet, view) ? write_ipv4(packet, view, mtu, message) : 0;
}
