/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UDP datagrams out of captures. */
#include "config.h"

#include "support/capture.h"

#include <string.h>

#include <gio/gio.h>

#include <ravelin/reader.h>

/* Link types of https://www.tcpdump.org/linktypes.html. */
enum {
    LINK_NULL = 0,
    LINK_ETHERNET = 1,
    LINK_RAW_OPENBSD = 12,
    LINK_RAW = 101,
    LINK_LINUX_SLL = 113,
    LINK_LINUX_SLL2 = 276,
};

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86dd
#define ETHERTYPE_VLAN 0x8100
#define PROTOCOL_UDP 17
#define IKE_PORT 500
#define IKE_NAT_PORT 4500

#define PCAP_MICROSECONDS 0xa1b2c3d4
#define PCAP_NANOSECONDS 0xa1b23c4d
#define PCAPNG_SECTION 0x0a0d0d0a
#define PCAPNG_BYTE_ORDER 0x1a2b3c4d
#define PCAPNG_INTERFACE 1
#define PCAPNG_SIMPLE_PACKET 3
#define PCAPNG_ENHANCED_PACKET 6
#define PCAPNG_MAX_INTERFACES 16

typedef struct {
    RvlTestCapture *capture;
    gboolean is_swapped; /* numbers of the file are little-endian */
    guint frame;
} Walk;

static guint32
read_u32(Walk *walk, RvlReader *reader)
{
    guint32 value = rvl_reader_u32(reader, "number");

    return walk->is_swapped ? GUINT32_SWAP_LE_BE(value) : value;
}

static guint16
read_u16(Walk *walk, RvlReader *reader)
{
    guint16 value = rvl_reader_u16(reader, "number");

    return walk->is_swapped ? GUINT16_SWAP_LE_BE(value) : value;
}

static void
take_udp(Walk *walk, RvlReader *reader, const RvlAddress *source, const RvlAddress *destination)
{
    RvlTestDatagram datagram = {
        .frame = walk->frame,
        .source = {.address = *source, .port = rvl_reader_u16(reader, "source port")},
        .destination = {.address = *destination, .port = rvl_reader_u16(reader, "port")},
    };
    gsize size = rvl_reader_u16(reader, "length");

    rvl_reader_skip(reader, 2, "checksum");
    if (rvl_reader_failed(reader) || size < 8)
        return;
    datagram.is_truncated = size - 8 > rvl_reader_left(reader);
    size = MIN(size - 8, rvl_reader_left(reader));
    datagram.payload = RVL_OCTETS(rvl_reader_octets(reader, size, "payload"), size);
    g_array_append_val(walk->capture->datagrams, datagram);
}

static void
read_address(RvlReader *reader, gsize octets, RvlAddress *address)
{
    guint8 raw[16];

    rvl_reader_copy(reader, raw, octets, "address");
    g_assert_true(rvl_address_from_octets(raw, octets, address));
}

static void
take_ipv4(Walk *walk, RvlReader *reader)
{
    RvlAddress source, destination;
    guint8 header_octets = (rvl_reader_u8(reader, "version") & 0x0f) * 4;

    rvl_reader_skip(reader, 1, "type of service");
    gsize total = rvl_reader_u16(reader, "total length");

    rvl_reader_skip(reader, 2, "identification");
    guint16 fragment = rvl_reader_u16(reader, "fragment");

    rvl_reader_skip(reader, 1, "time to live");
    guint8 protocol = rvl_reader_u8(reader, "protocol");

    rvl_reader_skip(reader, 2, "checksum");
    read_address(reader, 4, &source);
    read_address(reader, 4, &destination);
    if (rvl_reader_failed(reader) || header_octets < 20 || total < header_octets)
        return;
    rvl_reader_skip(reader, header_octets - 20, "options");
    RvlReader body;

    rvl_reader_child(reader, MIN(total - header_octets, rvl_reader_left(reader)), "packet", &body);

    if (protocol == PROTOCOL_UDP && (fragment & 0x1fff) == 0)
        take_udp(walk, &body, &source, &destination);
}

static void
take_ipv6(Walk *walk, RvlReader *reader)
{
    RvlAddress source, destination;

    rvl_reader_skip(reader, 4, "version, traffic class, flow label");
    gsize size = rvl_reader_u16(reader, "payload length");
    guint8 next = rvl_reader_u8(reader, "next header");

    rvl_reader_skip(reader, 1, "hop limit");
    read_address(reader, 16, &source);
    read_address(reader, 16, &destination);
    RvlReader body;

    rvl_reader_child(reader, MIN(size, rvl_reader_left(reader)), "packet", &body);

    if (next == PROTOCOL_UDP)
        take_udp(walk, &body, &source, &destination);
}

static void
take_ip(Walk *walk, RvlReader *reader)
{
    RvlReader ahead = *reader;

    switch (rvl_reader_u8(&ahead, "version") >> 4) {
    case 4:
        take_ipv4(walk, reader);
        break;
    case 6:
        take_ipv6(walk, reader);
        break;
    default:
        break;
    }
}

static void
take_ethertype(Walk *walk, RvlReader *reader, guint16 ethertype)
{
    while (ethertype == ETHERTYPE_VLAN) {
        rvl_reader_skip(reader, 2, "VLAN");
        ethertype = rvl_reader_u16(reader, "EtherType");
    }
    if (ethertype == ETHERTYPE_IPV4 || ethertype == ETHERTYPE_IPV6)
        take_ip(walk, reader);
}

static void
take_frame(Walk *walk, guint32 link, RvlReader *frame)
{
    guint16 ethertype;

    walk->frame++;
    switch (link) {
    case LINK_ETHERNET:
        rvl_reader_skip(frame, 12, "addresses");
        take_ethertype(walk, frame, rvl_reader_u16(frame, "EtherType"));
        break;
    case LINK_LINUX_SLL:
        rvl_reader_skip(frame, 14, "cooked header");
        take_ethertype(walk, frame, rvl_reader_u16(frame, "EtherType"));
        break;
    case LINK_LINUX_SLL2:
        ethertype = rvl_reader_u16(frame, "EtherType");
        rvl_reader_skip(frame, 18, "cooked header");
        take_ethertype(walk, frame, ethertype);
        break;
    case LINK_NULL:
        rvl_reader_skip(frame, 4, "family");
        take_ip(walk, frame);
        break;
    case LINK_RAW:
    case LINK_RAW_OPENBSD:
        take_ip(walk, frame);
        break;
    default:
        break;
    }
}

static void
walk_pcap(Walk *walk, RvlReader *reader)
{
    rvl_reader_skip(reader, 16, "version, zone, accuracy, length");
    guint32 link = read_u32(walk, reader) & 0x0fffffff;

    while (!rvl_reader_failed(reader) && !rvl_reader_is_at_end(reader)) {
        rvl_reader_skip(reader, 8, "time");
        gsize size = read_u32(walk, reader);

        rvl_reader_skip(reader, 4, "original length");
        RvlReader frame;

        rvl_reader_child(reader, size, "frame", &frame);

        take_frame(walk, link, &frame);
    }
}

static void
walk_pcapng(Walk *walk, RvlReader *reader)
{
    guint16 links[PCAPNG_MAX_INTERFACES] = {0};
    guint n_links = 0;

    while (!rvl_reader_failed(reader) && !rvl_reader_is_at_end(reader)) {
        guint32 type = read_u32(walk, reader);
        RvlReader ahead = *reader;

        if (type == PCAPNG_SECTION) {
            rvl_reader_skip(&ahead, 4, "block length");
            walk->is_swapped = rvl_reader_u32(&ahead, "byte order") != PCAPNG_BYTE_ORDER;
        }
        gsize length = read_u32(walk, reader);

        if (length < 12)
            return;
        RvlReader block;

        rvl_reader_child(reader, length - 12, "block", &block);

        rvl_reader_skip(reader, 4, "block length");
        if (type == PCAPNG_INTERFACE && n_links < PCAPNG_MAX_INTERFACES) {
            links[n_links++] = read_u16(walk, &block);
        } else if (type == PCAPNG_ENHANCED_PACKET) {
            guint32 interface = read_u32(walk, &block);

            rvl_reader_skip(&block, 8, "time");
            gsize size = read_u32(walk, &block);

            rvl_reader_skip(&block, 4, "original length");
            RvlReader frame;

            rvl_reader_child(&block, size, "frame", &frame);

            take_frame(walk, interface < n_links ? links[interface] : G_MAXUINT32, &frame);
        } else if (type == PCAPNG_SIMPLE_PACKET) {
            rvl_reader_skip(&block, 4, "original length");
            take_frame(walk, links[0], &block);
        }
    }
}

static GBytes *
gunzip(GBytes *octets)
{
    g_autoptr(GZlibDecompressor) zlib = g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP);
    g_autoptr(GInputStream) raw = g_memory_input_stream_new_from_bytes(octets);
    g_autoptr(GInputStream) stream = g_converter_input_stream_new(raw, G_CONVERTER(zlib));
    g_autoptr(GOutputStream) memory = g_memory_output_stream_new_resizable();
    g_autoptr(GError) error = NULL;

    g_output_stream_splice(memory, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, &error);
    g_assert_no_error(error);
    return g_memory_output_stream_steal_as_bytes(G_MEMORY_OUTPUT_STREAM(memory));
}

static GBytes *
unpack(GBytes *octets)
{
    gsize size;
    const guint8 *data = g_bytes_get_data(octets, &size);

    return size > 2 && data[0] == 0x1f && data[1] == 0x8b ? gunzip(octets) : g_bytes_ref(octets);
}

RvlTestCapture *
rvl_test_capture_read(GBytes *octets)
{
    RvlTestCapture *capture = g_new0(RvlTestCapture, 1);
    Walk walk = {.capture = capture};
    RvlReader reader, magic;

    capture->octets = unpack(octets);
    capture->datagrams = g_array_new(FALSE, TRUE, sizeof(RvlTestDatagram));
    rvl_reader_init(&reader, g_bytes_get_data(capture->octets, NULL),
                    g_bytes_get_size(capture->octets));
    magic = reader;
    guint32 number = rvl_reader_u32(&magic, "magic");

    if (number == PCAPNG_SECTION) {
        walk_pcapng(&walk, &reader);
    } else {
        walk.is_swapped = number != PCAP_MICROSECONDS && number != PCAP_NANOSECONDS;
        walk_pcap(&walk, &magic);
    }
    return capture;
}

void
rvl_test_capture_free(RvlTestCapture *capture)
{
    g_array_unref(capture->datagrams);
    g_bytes_unref(capture->octets);
    g_free(capture);
}

RvlOctets
rvl_test_datagram_ike(const RvlTestDatagram *datagram)
{
    static const guint8 marker[4];
    RvlOctets payload = datagram->payload;

    if (datagram->source.port == IKE_NAT_PORT || datagram->destination.port == IKE_NAT_PORT) {
        gboolean is_ike =
            payload.size > sizeof marker && memcmp(payload.data, marker, sizeof marker) == 0;

        return is_ike ? RVL_OCTETS(payload.data + sizeof marker, payload.size - sizeof marker)
                      : RVL_OCTETS_NONE;
    }
    if (datagram->source.port == IKE_PORT || datagram->destination.port == IKE_PORT)
        return payload;
    return RVL_OCTETS_NONE;
}
