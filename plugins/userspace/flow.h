/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an IP packet shows of itself: the flow that it belongs to, and where its parts lie. */
#pragma once

#include <ravelin/selector.h>

G_BEGIN_DECLS

/* Header lengths and offsets. */
enum {
    IPV4_HEADER = 20,
    IPV6_HEADER = 40,
    TCP_HEADER = 20,
    UDP_HEADER = 8,
    LARGEST_PACKET = 65535,
};

/* Protocol numbers. */
enum {
    PROTOCOL_ICMP = 1,
    PROTOCOL_IPV4 = 4,
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17,
    PROTOCOL_IPV6 = 41,
    PROTOCOL_ESP = 50,
    PROTOCOL_ICMPV6 = 58,
    PROTOCOL_NONE = 59,
};

/**
 * FlowKey:
 *
 * A flow as the caches compare it, octet by octet: no padding, unused octets zero. Ports as in
 * RvlFlow, in host order.
 */
typedef struct {
    uint8_t source[16];
    uint8_t destination[16];
    uint16_t source_port;
    uint16_t destination_port;
    uint8_t family;
    uint8_t protocol;
    bool ports_known;
    bool is_fragment;
} FlowKey;

G_STATIC_ASSERT(sizeof(FlowKey) == 40);

/**
 * PacketView:
 * @octets: of the packet, as its header says; what lies behind isn't part of it
 * @transport: offset of the transport header; of the payload of later fragments
 * @traffic_class: DSCP and ECN
 * @may_fragment: IPv4 without DF
 */
typedef struct {
    FlowKey key;
    uint32_t octets;
    uint16_t transport;
    uint8_t traffic_class;
    bool may_fragment;
} PacketView;

/** packet_parse: false where the headers break their format or reach beyond @n octets. */
bool packet_parse(const uint8_t *packet, size_t n, PacketView *view) G_GNUC_WARN_UNUSED_RESULT;

/** flow_hash: spreads flows over the places of a cache; @seed is the process's secret. */
uint64_t flow_hash(const FlowKey *key, uint64_t seed);

/** flow_addresses: the key's addresses as values. */
void flow_addresses(const FlowKey *key, RvlAddress *source, RvlAddress *destination);
/** flow_describe: the key as the contract has it. */
void flow_describe(const FlowKey *key, RvlFlow *flow);
/** flow_reversed: the way back. */
FlowKey flow_reversed(const FlowKey *key);
/** flow_matches: whether @near holds the flow's source and @far its destination. */
bool flow_matches(const FlowKey *key, const RvlSelectors *near, const RvlSelectors *far);
/** flow_matches_reversed: whether @near holds its destination and @far its source: an inbound packet. */
bool flow_matches_reversed(const FlowKey *key, const RvlSelectors *near, const RvlSelectors *far);

G_END_DECLS
