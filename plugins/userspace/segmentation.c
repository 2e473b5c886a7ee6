/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cuts super-packets: headers repeated, numbers and flags adapted, checksums made. */
#include "config.h"

#include "segmentation.h"

#include <string.h>

#include "byte-order.h"
#include "checksum.h"

/* Offsets in the TCP and UDP headers, and TCP's flags. */
enum {
    TCP_SEQUENCE = 4,
    TCP_DATA_OFFSET = 12,
    TCP_FLAGS = 13,
    TCP_CHECKSUM = 16,
    UDP_LENGTH = 4,
    UDP_CHECKSUM = 6,
    FLAG_FIN = 0x01,
    FLAG_PSH = 0x08,
    FLAG_CWR = 0x80,
};

/* Added to virtio_net.h with USO (Linux 6.2). */
#ifndef VIRTIO_NET_HDR_GSO_UDP_L4
#define VIRTIO_NET_HDR_GSO_UDP_L4 5
#endif

static bool
init_super_packet(Segmentation *s, uint8_t type, uint16_t gso_size)
{
    const PacketView *view = s->view;
    uint32_t transport_octets = view->octets - view->transport;
    uint32_t header;

    if (gso_size == 0 || view->key.is_fragment)
        return false;
    if (type == VIRTIO_NET_HDR_GSO_UDP_L4) {
        if (view->key.protocol != PROTOCOL_UDP)
            return false;
        header = UDP_HEADER;
    } else {
        if (view->key.protocol != PROTOCOL_TCP || transport_octets < TCP_HEADER)
            return false;
        header = (uint32_t)(s->packet[view->transport + TCP_DATA_OFFSET] >> 4) * 4;
        if (header < TCP_HEADER)
            return false;
    }
    if (transport_octets <= header)
        return false;
    s->headers = (uint16_t)(view->transport + header);
    s->segment = gso_size;
    s->count = (transport_octets - header + gso_size - 1) / gso_size;
    return true;
}

bool
segmentation_init(Segmentation *s,
                  const struct virtio_net_hdr *header,
                  const uint8_t *packet,
                  const PacketView *view)
{
    uint8_t type = header->gso_type & (uint8_t)~VIRTIO_NET_HDR_GSO_ECN;

    *s = (Segmentation){
        .packet = packet,
        .view = view,
        .count = 1,
        .needs_checksum = (header->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) != 0,
        .checksum_start = header->csum_start,
        .checksum_offset = header->csum_offset,
    };
    switch (type) {
    case VIRTIO_NET_HDR_GSO_NONE:
        return !s->needs_checksum ||
               (uint32_t)s->checksum_start + s->checksum_offset + 2 <= view->octets;
    case VIRTIO_NET_HDR_GSO_TCPV4:
    case VIRTIO_NET_HDR_GSO_TCPV6:
    case VIRTIO_NET_HDR_GSO_UDP_L4:
        return init_super_packet(s, type, header->gso_size);
    }
    return false;
}

uint32_t
segmentation_octets(const Segmentation *s, uint32_t i)
{
    if (s->headers == 0)
        return s->view->octets;
    if (i + 1 < s->count)
        return (uint32_t)s->headers + s->segment;
    return s->view->octets - i * s->segment;
}

static void
write_single(const Segmentation *s, uint8_t *out)
{
    memcpy(out, s->packet, s->view->octets);
    if (!s->needs_checksum)
        return;

    /* The field holds the pseudo-header's sum already. */
    uint8_t *from = out + s->checksum_start;
    uint16_t sum =
        (uint16_t)~checksum_fold(checksum_add(0, from, s->view->octets - s->checksum_start));

    if (sum == 0 && s->view->key.protocol == PROTOCOL_UDP)
        sum = 0xffff; /* 0 means "no checksum" (RFC 768) */
    store16(from + s->checksum_offset, sum);
}

static void
write_ip_header(const Segmentation *s, uint32_t i, uint32_t octets, uint8_t *out)
{
    if (s->view->key.family == RVL_FAMILY_IPV6) {
        store16(out + 4, (uint16_t)(octets - IPV6_HEADER));
        return;
    }
    store16(out + 2, (uint16_t)octets);
    store16(out + 4, (uint16_t)(load16(out + 4) + i));
    checksum_ipv4_header(out);
}

static void
write_tcp_header(const Segmentation *s, uint32_t i, uint8_t *tcp)
{
    store32(tcp + TCP_SEQUENCE, load32(tcp + TCP_SEQUENCE) + i * s->segment);
    if (i > 0)
        tcp[TCP_FLAGS] &= (uint8_t)~FLAG_CWR; /* one reaction is told once (RFC 3168 6.1.2) */
    if (i + 1 < s->count)
        tcp[TCP_FLAGS] &= (uint8_t) ~(FLAG_FIN | FLAG_PSH);
}

void
segmentation_write(const Segmentation *s, uint32_t i, uint8_t *out)
{
    if (s->headers == 0) {
        write_single(s, out);
        return;
    }

    uint32_t octets = segmentation_octets(s, i);
    bool is_tcp = s->view->key.protocol == PROTOCOL_TCP;
    uint8_t *transport = out + s->view->transport;
    uint32_t transport_octets = octets - s->view->transport;
    uint8_t *checksum = transport + (is_tcp ? TCP_CHECKSUM : UDP_CHECKSUM);

    memcpy(out, s->packet, s->headers);
    memcpy(out + s->headers, s->packet + s->headers + (size_t)i * s->segment, octets - s->headers);
    write_ip_header(s, i, octets, out);
    if (is_tcp)
        write_tcp_header(s, i, transport);
    else
        store16(transport + UDP_LENGTH, (uint16_t)transport_octets);
    store16(checksum, 0);

    uint64_t sum = checksum_pseudo_header(out, s->view->key.protocol, transport_octets);
    uint16_t folded = (uint16_t)~checksum_fold(checksum_add(sum, transport, transport_octets));

    store16(checksum, folded == 0 && !is_tcp ? 0xffff : folded);
}
