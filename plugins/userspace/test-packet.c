/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes packets; the checksum is the plain one of RFC 1071, so that it can be a witness. */
#include "config.h"

#include "test-packet.h"

#include <string.h>

#include "byte-order.h"

static uint32_t
plain_sum(uint32_t sum, const uint8_t *octets, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum += i % 2 == 0 ? (uint32_t)octets[i] << 8 : octets[i];
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

static uint32_t
transport_sum(const uint8_t *packet, uint8_t protocol, size_t header, uint32_t n)
{
    uint32_t sum =
        header == IPV6_HEADER ? plain_sum(0, packet + 8, 32) : plain_sum(0, packet + 12, 8);
    uint32_t octets = n - (uint32_t)header;

    sum += protocol + (octets >> 16) + (octets & 0xffff);
    return plain_sum(sum, packet + header, octets);
}

static void
write_addresses(uint8_t *out, RvlFamily family)
{
    static const uint8_t ipv4[] = {10, 81, 0, 1, 10, 82, 0, 1};

    if (family == RVL_FAMILY_IPV4) {
        memcpy(out + 12, ipv4, sizeof ipv4);
        return;
    }
    for (unsigned i = 0; i < 2; i++) {
        out[8 + 16 * i] = 0xfd;
        out[9 + 16 * i] = (uint8_t)(0x81 + i);
        out[23 + 16 * i] = 1;
    }
}

static uint32_t
write_ip(const TestPacket *p, uint8_t *out, uint32_t transport)
{
    if (p->family == RVL_FAMILY_IPV6) {
        out[0] = (uint8_t)(0x60 | p->traffic_class >> 4);
        out[1] = (uint8_t)(p->traffic_class << 4);
        store16(out + 4, (uint16_t)transport);
        out[6] = p->protocol;
        out[7] = 64;
        write_addresses(out, p->family);
        return IPV6_HEADER;
    }
    out[0] = 0x45;
    out[1] = p->traffic_class;
    store16(out + 2, (uint16_t)(IPV4_HEADER + transport));
    store16(out + 4, p->identification);
    store16(out + 6, p->fragment);
    out[8] = 64;
    out[9] = p->protocol;
    write_addresses(out, p->family);
    store16(out + 10, (uint16_t)~plain_sum(0, out, IPV4_HEADER));
    return IPV4_HEADER;
}

static uint32_t
header_octets(uint8_t protocol)
{
    return protocol == PROTOCOL_TCP ? TCP_HEADER : UDP_HEADER;
}

uint32_t
test_packet_write(const TestPacket *p, uint8_t *out)
{
    uint32_t transport = header_octets(p->protocol) + p->payload;
    uint32_t header, checksum;
    uint8_t *at;

    memset(out, 0, IPV6_HEADER + TCP_HEADER);
    header = write_ip(p, out, transport);
    at = out + header;
    store16(at, p->source_port);
    store16(at + 2, p->destination_port);
    for (uint32_t i = 0; i < p->payload; i++)
        at[header_octets(p->protocol) + i] = (uint8_t)(p->seed + i * 7);
    if (p->protocol == PROTOCOL_TCP) {
        store32(at + 4, p->sequence);
        store32(at + 8, 0x01020304);
        at[12] = TCP_HEADER / 4 << 4;
        at[13] = p->flags;
        store16(at + 14, 512);
        checksum = 16;
    } else if (p->protocol == PROTOCOL_UDP) {
        store16(at + 4, (uint16_t)transport);
        checksum = 6;
    } else { /* an echo request */
        at[0] = p->family == RVL_FAMILY_IPV6 ? 128 : 8;
        at[1] = 0;
        store16(at + 2, 0);
        checksum = 2;
    }
    if (p->protocol == PROTOCOL_ICMP)
        store16(at + checksum, (uint16_t)~plain_sum(0, at, transport));
    else
        store16(at + checksum,
                (uint16_t)~transport_sum(out, p->protocol, header, header + transport));
    return header + transport;
}

bool
test_packet_holds(const uint8_t *packet, uint32_t n)
{
    uint32_t header = packet[0] >> 4 == 6 ? IPV6_HEADER : (uint32_t)(packet[0] & 15) * 4;
    uint8_t protocol = header == IPV6_HEADER ? packet[6] : packet[9];

    if (header != IPV6_HEADER && plain_sum(0, packet, header) != 0xffff)
        return false;
    if (header != IPV6_HEADER && (load16(packet + 6) & 0x3fff) != 0)
        return true; /* a fragment's transport checksum spans the others */
    if (protocol == PROTOCOL_ICMP)
        return plain_sum(0, packet + header, n - header) == 0xffff;
    return transport_sum(packet, protocol, header, n) == 0xffff;
}
