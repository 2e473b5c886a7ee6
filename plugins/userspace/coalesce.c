/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Gathers packets of a flow: the reverse of segmentation, with its conditions checked one by one. */
#include "config.h"

#include "coalesce.h"

#include <string.h>

#include "byte-order.h"
#include "checksum.h"

enum {
    TCP_SEQUENCE = 4,
    TCP_ACKNOWLEDGEMENT = 8,
    TCP_DATA_OFFSET = 12,
    TCP_FLAGS = 13,
    TCP_WINDOW = 14,
    TCP_CHECKSUM = 16,
    UDP_LENGTH = 4,
    UDP_CHECKSUM = 6,
    FLAG_PSH = 0x08,
    FLAG_ACK = 0x10,
};

#define IPV4_DF 0x4000

#ifndef VIRTIO_NET_HDR_GSO_UDP_L4
#define VIRTIO_NET_HDR_GSO_UDP_L4 5
#endif

/* A packet as the coalescer sees it: all that must fit, read once. */
typedef struct {
    uint8_t *packet;
    const PacketView *view;
    uint16_t headers;
    uint32_t payload;
    bool is_tcp;
} Candidate;

static bool
checksum_holds(const uint8_t *packet, const PacketView *view)
{
    uint32_t octets = view->octets - view->transport;
    uint64_t sum = checksum_pseudo_header(packet, view->key.protocol, octets);

    return checksum_fold(checksum_add(sum, packet + view->transport, octets)) == 0xffff;
}

/* Plain headers, some payload, only flags that carry nothing of their own, a checksum that holds. */
static bool
read_candidate(uint8_t *packet,
               const PacketView *view,
               const CoalesceAbility *ability,
               Candidate *candidate)
{
    uint16_t plain = view->key.family == RVL_FAMILY_IPV6 ? IPV6_HEADER : IPV4_HEADER;
    uint8_t *transport = packet + view->transport;
    uint32_t octets = view->octets - view->transport;
    uint32_t header;

    *candidate =
        (Candidate){.packet = packet, .view = view, .is_tcp = view->key.protocol == PROTOCOL_TCP};
    if (view->key.is_fragment || view->transport != plain)
        return false;
    if (candidate->is_tcp) {
        if (!ability->has_tso || octets < TCP_HEADER)
            return false;
        header = (uint32_t)(transport[TCP_DATA_OFFSET] >> 4) * 4;
        if (header < TCP_HEADER || (transport[TCP_FLAGS] & ~FLAG_PSH) != FLAG_ACK ||
            (transport[TCP_DATA_OFFSET] & 0x0f) != 0)
            return false;
    } else if (view->key.protocol == PROTOCOL_UDP) {
        if (!ability->has_uso || octets < UDP_HEADER || load16(transport + UDP_LENGTH) != octets ||
            load16(transport + UDP_CHECKSUM) == 0)
            return false;
        header = UDP_HEADER;
    } else {
        return false;
    }
    if (octets <= header)
        return false;
    if (view->key.family == RVL_FAMILY_IPV4 &&
        checksum_fold(checksum_add(0, packet, IPV4_HEADER)) != 0xffff)
        return false;
    candidate->headers = (uint16_t)(view->transport + header);
    candidate->payload = octets - header;
    return checksum_holds(packet, view);
}

static bool
ip_headers_fit(const CoalesceGroup *group, const Candidate *c)
{
    const uint8_t *a = group->first, *b = c->packet;

    if (group->key.family == RVL_FAMILY_IPV6)
        return memcmp(a, b, 4) == 0 && a[7] == b[7]; /* class, flow label; hop limit */
    if (a[1] != b[1] || a[8] != b[8] || load16(a + 6) != load16(b + 6))
        return false;
    /* The receiver of a super-packet counts the identification on; without DF it must be so. */
    return (load16(a + 6) & IPV4_DF) != 0 || load16(b + 4) == group->next_id;
}

static bool
tcp_headers_fit(const CoalesceGroup *group, const Candidate *c)
{
    const uint8_t *a = group->first + group->transport, *b = c->packet + group->transport;

    return c->headers == group->headers && load32(b + TCP_SEQUENCE) == group->next_sequence &&
           memcmp(a + TCP_ACKNOWLEDGEMENT, b + TCP_ACKNOWLEDGEMENT, 4) == 0 &&
           memcmp(a + TCP_WINDOW, b + TCP_WINDOW, 2) == 0 &&
           memcmp(a + TCP_HEADER, b + TCP_HEADER, group->headers - group->transport - TCP_HEADER) ==
               0;
}

static bool
fits(const CoalesceGroup *group, const Candidate *c)
{
    return c->payload <= group->segment && group->n_iov <= COALESCE_PACKETS &&
           group->octets + c->payload <= LARGEST_PACKET && ip_headers_fit(group, c) &&
           (!c->is_tcp || tcp_headers_fit(group, c));
}

/* Lengths and checksum of the whole; what the kernel needs to cut it again. */
static void
make_super_packet(CoalesceGroup *group)
{
    bool is_tcp = group->key.protocol == PROTOCOL_TCP;
    bool is_ipv6 = group->key.family == RVL_FAMILY_IPV6;
    uint8_t *transport = group->first + group->transport;
    uint32_t octets = group->octets - group->transport;
    uint16_t field = is_tcp ? TCP_CHECKSUM : UDP_CHECKSUM;

    if (is_ipv6) {
        store16(group->first + 4, (uint16_t)(group->octets - IPV6_HEADER));
    } else {
        store16(group->first + 2, (uint16_t)group->octets);
        checksum_ipv4_header(group->first);
    }
    if (is_tcp)
        transport[TCP_FLAGS] |= group->more_flags;
    else
        store16(transport + UDP_LENGTH, (uint16_t)octets);
    /* The pseudo-header's sum, not inverted: the kernel goes on from there. */
    store16(transport + field,
            checksum_fold(checksum_pseudo_header(group->first, group->key.protocol, octets)));
    group->header = (struct virtio_net_hdr){
        .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
        .gso_type = !is_tcp   ? VIRTIO_NET_HDR_GSO_UDP_L4
                    : is_ipv6 ? VIRTIO_NET_HDR_GSO_TCPV6
                              : VIRTIO_NET_HDR_GSO_TCPV4,
        .hdr_len = group->headers,
        .gso_size = group->segment,
        .csum_start = group->transport,
        .csum_offset = field,
    };
}

static void
close_group(Coalescer *coalescer, CoalesceGroup *group)
{
    unsigned packets = (unsigned)group->n_iov - 1;

    group->is_open = false;
    if (packets > 1)
        make_super_packet(group);
    else
        group->header = (struct virtio_net_hdr){.flags = VIRTIO_NET_HDR_F_DATA_VALID};
    coalescer->write(coalescer->context, group->target, group->iov, group->n_iov, packets);
}

static CoalesceGroup *
find_group(Coalescer *coalescer, void *target, const FlowKey *key)
{
    for (unsigned i = 0; i < COALESCE_FLOWS; i++) {
        CoalesceGroup *group = &coalescer->groups[i];

        if (group->is_open && group->target == target && memcmp(&group->key, key, sizeof *key) == 0)
            return group;
    }
    return NULL;
}

static void
open_group(Coalescer *coalescer, void *target, const Candidate *c)
{
    CoalesceGroup *group = NULL;

    for (unsigned i = 0; i < COALESCE_FLOWS && group == NULL; i++)
        if (!coalescer->groups[i].is_open)
            group = &coalescer->groups[i];
    if (group == NULL) {
        group = &coalescer->groups[coalescer->next++ % COALESCE_FLOWS];
        close_group(coalescer, group);
    }
    group->is_open = true;
    group->target = target;
    group->key = c->view->key;
    group->first = c->packet;
    group->transport = c->view->transport;
    group->headers = c->headers;
    group->segment = (uint16_t)c->payload;
    group->octets = c->view->octets;
    group->more_flags = 0;
    group->next_id = (uint16_t)(load16(c->packet + 4) + 1);
    group->next_sequence =
        c->is_tcp ? load32(c->packet + c->view->transport + TCP_SEQUENCE) + c->payload : 0;
    group->iov[0] = (struct iovec){&group->header, VNET_HEADER};
    group->iov[1] = (struct iovec){c->packet, c->view->octets};
    group->n_iov = 2;
}

static void
append(CoalesceGroup *group, const Candidate *c)
{
    group->iov[group->n_iov++] = (struct iovec){c->packet + c->headers, c->payload};
    group->octets += c->payload;
    group->next_sequence += c->payload;
    group->next_id++;
    if (c->is_tcp)
        group->more_flags |= c->packet[group->transport + TCP_FLAGS] & FLAG_PSH;
}

/* Whether nothing may follow: the packet is short, or pushed (RFC 9293 3.9.1.2). */
static bool
is_last(const CoalesceGroup *group, const Candidate *c)
{
    return c->payload < group->segment ||
           (c->is_tcp && (c->packet[c->view->transport + TCP_FLAGS] & FLAG_PSH) != 0);
}

static void
write_alone(Coalescer *coalescer, void *target, uint8_t *packet, const PacketView *view, bool vnet)
{
    struct virtio_net_hdr header = {0};
    struct iovec iov[2] = {{&header, VNET_HEADER}, {packet, view->octets}};

    coalescer->write(coalescer->context, target, vnet ? iov : iov + 1, vnet ? 2 : 1, 1);
}

void
coalesce_add(Coalescer *coalescer,
             void *target,
             const CoalesceAbility *ability,
             uint8_t *packet,
             const PacketView *view)
{
    CoalesceGroup *group = find_group(coalescer, target, &view->key);
    Candidate candidate;

    if (!ability->has_vnet_header || !read_candidate(packet, view, ability, &candidate)) {
        if (group != NULL)
            close_group(coalescer, group);
        write_alone(coalescer, target, packet, view, ability->has_vnet_header);
        return;
    }
    if (group != NULL && fits(group, &candidate)) {
        append(group, &candidate);
        if (is_last(group, &candidate))
            close_group(coalescer, group);
        return;
    }
    if (group != NULL)
        close_group(coalescer, group);
    open_group(coalescer, target, &candidate);
    if (candidate.is_tcp && (packet[view->transport + TCP_FLAGS] & FLAG_PSH) != 0) {
        group = find_group(coalescer, target, &view->key);
        close_group(coalescer, group);
    }
}

void
coalesce_flush(Coalescer *coalescer)
{
    for (unsigned i = 0; i < COALESCE_FLOWS; i++)
        if (coalescer->groups[i].is_open)
            close_group(coalescer, &coalescer->groups[i]);
}
