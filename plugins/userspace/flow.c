/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads an IP packet's headers as far as selectors and caches need them. */
#include "config.h"

#include "flow.h"

#include <string.h>

#include "byte-order.h"

/* IPv6 extension headers that are walked over (RFC 8200 4, RFC 7045). */
enum {
    HEADER_HOP_BY_HOP = 0,
    HEADER_ROUTING = 43,
    HEADER_FRAGMENT = 44,
    HEADER_DESTINATION = 60,
    HEADER_MOBILITY = 135,
};
/* More of them than this is an attempt to make us walk. */
#define MOST_EXTENSION_HEADERS 8

#define IPV4_DF 0x4000
#define IPV4_MF 0x2000
#define IPV4_OFFSET 0x1fff

static bool
has_ports(uint8_t protocol)
{
    enum { PROTOCOL_DCCP = 33, PROTOCOL_SCTP = 132, PROTOCOL_UDP_LITE = 136 };

    return protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP || protocol == PROTOCOL_SCTP ||
           protocol == PROTOCOL_DCCP || protocol == PROTOCOL_UDP_LITE;
}

/* Ports, or type and code of ICMP for both (RFC 7296 3.13.1). */
static void
read_ports(const uint8_t *packet, PacketView *view)
{
    FlowKey *key = &view->key;
    const uint8_t *transport = packet + view->transport;
    uint32_t left = view->octets - view->transport;

    if (has_ports(key->protocol) && left >= 4) {
        key->source_port = load16(transport);
        key->destination_port = load16(transport + 2);
        key->ports_known = true;
    } else if ((key->protocol == PROTOCOL_ICMP || key->protocol == PROTOCOL_ICMPV6) && left >= 2) {
        key->source_port = key->destination_port = load16(transport);
        key->ports_known = true;
    }
}

static bool
parse_ipv4(const uint8_t *packet, size_t n, PacketView *view)
{
    size_t header = (size_t)(packet[0] & 0x0f) * 4;

    if (n < IPV4_HEADER || header < IPV4_HEADER)
        return false;

    uint16_t fragment = load16(packet + 6);

    view->octets = load16(packet + 2);
    if (view->octets < header || view->octets > n)
        return false;
    view->transport = (uint16_t)header;
    view->traffic_class = packet[1];
    view->may_fragment = (fragment & IPV4_DF) == 0;
    view->key.family = RVL_FAMILY_IPV4;
    view->key.protocol = packet[9];
    view->key.is_fragment = (fragment & (IPV4_MF | IPV4_OFFSET)) != 0;
    memcpy(view->key.source, packet + 12, 4);
    memcpy(view->key.destination, packet + 16, 4);
    if ((fragment & IPV4_OFFSET) == 0)
        read_ports(packet, view);
    return true;
}

/* Walks the extension headers up to the transport header; false where they break off. */
static bool
walk_ipv6(const uint8_t *packet, PacketView *view, uint8_t next)
{
    uint32_t at = IPV6_HEADER;

    for (unsigned i = 0; i < MOST_EXTENSION_HEADERS; i++) {
        if (next != HEADER_HOP_BY_HOP && next != HEADER_ROUTING && next != HEADER_DESTINATION &&
            next != HEADER_FRAGMENT && next != HEADER_MOBILITY) {
            view->key.protocol = next;
            view->transport = (uint16_t)at;
            read_ports(packet, view);
            return true;
        }
        if (view->octets - at < 8)
            return false;
        if (next == HEADER_FRAGMENT) {
            view->key.is_fragment = true;
            if ((load16(packet + at + 2) & 0xfff8) != 0) { /* a later one: no header follows */
                view->key.protocol = packet[at];
                view->transport = (uint16_t)(at + 8);
                return true;
            }
        }

        uint32_t octets = next == HEADER_FRAGMENT ? 8 : (uint32_t)(packet[at + 1] + 1) * 8;

        if (view->octets - at < octets)
            return false;
        next = packet[at];
        at += octets;
    }
    return false;
}

static bool
parse_ipv6(const uint8_t *packet, size_t n, PacketView *view)
{
    if (n < IPV6_HEADER)
        return false;
    view->octets = IPV6_HEADER + (uint32_t)load16(packet + 4);
    if (view->octets > n || view->octets > LARGEST_PACKET)
        return false;
    view->traffic_class = (uint8_t)(packet[0] << 4 | packet[1] >> 4);
    view->may_fragment = false;
    view->key.family = RVL_FAMILY_IPV6;
    memcpy(view->key.source, packet + 8, 16);
    memcpy(view->key.destination, packet + 24, 16);
    return walk_ipv6(packet, view, packet[6]);
}

bool
packet_parse(const uint8_t *packet, size_t n, PacketView *view)
{
    memset(view, 0, sizeof *view);
    if (n == 0)
        return false;
    switch (packet[0] >> 4) {
    case RVL_FAMILY_IPV4:
        return parse_ipv4(packet, n, view);
    case RVL_FAMILY_IPV6:
        return parse_ipv6(packet, n, view);
    }
    return false;
}

uint64_t
flow_hash(const FlowKey *key, uint64_t seed)
{
    const uint8_t *octets = (const uint8_t *)key;
    uint64_t hash = seed;

    for (size_t i = 0; i < sizeof *key; i += 8) {
        uint64_t word;

        memcpy(&word, octets + i, sizeof word);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return hash;
}

void
flow_addresses(const FlowKey *key, RvlAddress *source, RvlAddress *destination)
{
    source->family = destination->family = key->family;
    memcpy(source->octets, key->source, 16);
    memcpy(destination->octets, key->destination, 16);
}

void
flow_describe(const FlowKey *key, RvlFlow *flow)
{
    flow_addresses(key, &flow->source, &flow->destination);
    flow->protocol = key->protocol;
    flow->ports_known = key->ports_known;
    flow->source_port = key->source_port;
    flow->destination_port = key->destination_port;
}

FlowKey
flow_reversed(const FlowKey *key)
{
    FlowKey reversed = *key;

    memcpy(reversed.source, key->destination, sizeof reversed.source);
    memcpy(reversed.destination, key->source, sizeof reversed.destination);
    reversed.source_port = key->destination_port;
    reversed.destination_port = key->source_port;
    return reversed;
}

bool
flow_matches(const FlowKey *key, const RvlSelectors *near, const RvlSelectors *far)
{
    RvlAddress source, destination;

    flow_addresses(key, &source, &destination);
    return rvl_selectors_match(near, &source, key->protocol, key->ports_known, key->source_port) &&
           rvl_selectors_match(far, &destination, key->protocol, key->ports_known,
                               key->destination_port);
}

bool
flow_matches_reversed(const FlowKey *key, const RvlSelectors *near, const RvlSelectors *far)
{
    RvlAddress source, destination;

    flow_addresses(key, &source, &destination);
    return rvl_selectors_match(far, &source, key->protocol, key->ports_known, key->source_port) &&
           rvl_selectors_match(near, &destination, key->protocol, key->ports_known,
                               key->destination_port);
}
