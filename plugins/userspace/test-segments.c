/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Super-packets cut and put together again: what goes in as segments comes out as segments. */
#include "config.h"

#include <string.h>

#include "byte-order.h"
#include "coalesce.h"
#include "segmentation.h"
#include "test-packet.h"

enum { FLAG_FIN = 1, FLAG_PSH = 8, FLAG_ACK = 16, FLAG_CWR = 128, DF = 0x4000 };

/* What the coalescer wrote. */
typedef struct {
    unsigned n;
    unsigned packets[64];
    uint8_t octets[64][70000];
    size_t sizes[64];
    struct virtio_net_hdr headers[64];
} Written;

static Written written;

static void
keep(void *context, void *target, const struct iovec *iov, int n, unsigned packets)
{
    size_t at = 0;

    (void)context;
    (void)target;
    g_assert_cmpuint(written.n, <, G_N_ELEMENTS(written.packets));
    memcpy(&written.headers[written.n], iov[0].iov_base, VNET_HEADER);
    for (int i = 1; i < n; i++) {
        memcpy(written.octets[written.n] + at, iov[i].iov_base, iov[i].iov_len);
        at += iov[i].iov_len;
    }
    written.sizes[written.n] = at;
    written.packets[written.n++] = packets;
}

static const CoalesceAbility everything = {.has_vnet_header = true,
                                           .has_tso = true,
                                           .has_uso = true};

static Coalescer *
coalescer_new(void)
{
    Coalescer *coalescer = g_new0(Coalescer, 1);

    coalescer->write = keep;
    written.n = 0;
    return coalescer;
}

static void
add(Coalescer *coalescer, uint8_t *packet, uint32_t n)
{
    PacketView view;

    g_assert_true(packet_parse(packet, n, &view));
    coalesce_add(coalescer, &written, &everything, packet, &view);
}

/* Packets of one flow, as a sender makes them. */
static uint32_t
write_stream(TestPacket packet,
             uint8_t (*packets)[2000],
             uint32_t *octets,
             uint32_t n,
             uint32_t last)
{
    uint32_t segment = packet.payload;

    for (uint32_t i = 0; i < n; i++) {
        packet.payload = i + 1 < n ? segment : last;
        packet.seed = (uint8_t)i;
        octets[i] = test_packet_write(&packet, packets[i]);
        packet.sequence += packet.payload;
        packet.identification++;
    }
    return n;
}

static const struct {
    const char *name;
    TestPacket packet;
    uint32_t n;
    uint32_t last;
} streams[] = {
    {"tcp-ipv4",
     {RVL_FAMILY_IPV4, PROTOCOL_TCP, 1000, 80, .flags = FLAG_ACK, .fragment = DF, .payload = 1348},
     40,
     1348},
    {"tcp-ipv4-short-tail",
     {RVL_FAMILY_IPV4, PROTOCOL_TCP, 1000, 80, .flags = FLAG_ACK, .fragment = DF, .payload = 1348},
     7,
     11},
    {"tcp-ipv4-without-df",
     {RVL_FAMILY_IPV4, PROTOCOL_TCP, 1000, 80, .flags = FLAG_ACK, .payload = 1000,
      .identification = 0xfffe},
     5,
     1000},
    {"tcp-ipv6",
     {RVL_FAMILY_IPV6, PROTOCOL_TCP, 1000, 80, .flags = FLAG_ACK, .payload = 1328},
     33,
     5},
    {"tcp-ipv4-marked",
     {RVL_FAMILY_IPV4, PROTOCOL_TCP, 1000, 80, .traffic_class = 0xb9, .flags = FLAG_ACK,
      .fragment = DF, .payload = 500},
     3,
     500},
    {"tcp-ipv4-sequence-wraps",
     {RVL_FAMILY_IPV4, PROTOCOL_TCP, 1000, 80, .flags = FLAG_ACK, .fragment = DF, .payload = 1000,
      .sequence = 0xfffffc00},
     4,
     1000},
    {"udp-ipv4",
     {RVL_FAMILY_IPV4, PROTOCOL_UDP, 1000, 443, .fragment = DF, .payload = 1200},
     20,
     1200},
    {"udp-ipv6", {RVL_FAMILY_IPV6, PROTOCOL_UDP, 1000, 443, .payload = 1200}, 20, 77},
};

static void
stream_survives_both(gconstpointer data)
{
    const typeof(streams[0]) *c = data;
    static uint8_t packets[64][2000], again[64][2000];
    uint32_t octets[64];
    g_autofree Coalescer *coalescer = coalescer_new();
    Segmentation s;
    PacketView view;

    write_stream(c->packet, packets, octets, c->n, c->last);
    memcpy(again, packets, sizeof again);
    for (uint32_t i = 0; i < c->n; i++)
        add(coalescer, again[i], octets[i]);
    coalesce_flush(coalescer);
    g_assert_cmpuint(written.n, ==, 1);
    g_assert_cmpuint(written.packets[0], ==, c->n);
    g_assert_true(packet_parse(written.octets[0], written.sizes[0], &view));
    g_assert_true(segmentation_init(&s, &written.headers[0], written.octets[0], &view));
    g_assert_cmpuint(s.count, ==, c->n);
    for (uint32_t i = 0; i < s.count; i++) {
        uint8_t out[2000];

        g_assert_cmpuint(segmentation_octets(&s, i), ==, octets[i]);
        segmentation_write(&s, i, out);
        g_assert_true(test_packet_holds(out, octets[i]));
        g_assert_cmpmem(out, octets[i], packets[i], octets[i]);
    }
}

/* A second packet that must not join the first: how many writes come of the two. */
static const struct {
    const char *name;
    TestPacket second;
    uint8_t spoils; /* an octet of the second's payload is changed behind the checksum's back */
} strangers[] = {
    {"other-port",
     {RVL_FAMILY_IPV4, PROTOCOL_TCP, 1001, 80, .flags = FLAG_ACK, .fragment = DF, .payload = 500,
      .sequence = 500},
     0},
    {"gap",
     {RVL_FAMILY_IPV4, PROTOCOL_TCP, 1000, 80, .flags = FLAG_ACK, .fragment = DF, .payload = 500,
      .sequence = 501},
     0},
    {"fin",
     {RVL_FAMILY_IPV4, PROTOCOL_TCP, 1000, 80, .flags = FLAG_ACK | FLAG_FIN, .fragment = DF,
      .payload = 500, .sequence = 500},
     0},
    {"cwr",
     {RVL_FAMILY_IPV4, PROTOCOL_TCP, 1000, 80, .flags = FLAG_ACK | FLAG_CWR, .fragment = DF,
      .payload = 500, .sequence = 500},
     0},
    {"longer",
     {RVL_FAMILY_IPV4, PROTOCOL_TCP, 1000, 80, .flags = FLAG_ACK, .fragment = DF, .payload = 501,
      .sequence = 500},
     0},
    {"empty",
     {RVL_FAMILY_IPV4, PROTOCOL_TCP, 1000, 80, .flags = FLAG_ACK, .fragment = DF, .payload = 0,
      .sequence = 500},
     0},
    {"other-class",
     {RVL_FAMILY_IPV4, PROTOCOL_TCP, 1000, 80, .traffic_class = 3, .flags = FLAG_ACK,
      .fragment = DF, .payload = 500, .sequence = 500},
     0},
    {"other-df",
     {RVL_FAMILY_IPV4, PROTOCOL_TCP, 1000, 80, .flags = FLAG_ACK, .payload = 500, .sequence = 500},
     0},
    {"fragment",
     {RVL_FAMILY_IPV4, PROTOCOL_TCP, 1000, 80, .flags = FLAG_ACK, .fragment = 0x2000,
      .payload = 500, .sequence = 500},
     0},
    {"wrong-checksum",
     {RVL_FAMILY_IPV4, PROTOCOL_TCP, 1000, 80, .flags = FLAG_ACK, .fragment = DF, .payload = 500,
      .sequence = 500},
     1},
    {"icmp", {RVL_FAMILY_IPV4, PROTOCOL_ICMP, .payload = 100}, 0},
};

static void
stranger_goes_alone(gconstpointer data)
{
    const typeof(strangers[0]) *c = data;
    TestPacket first = {RVL_FAMILY_IPV4,   PROTOCOL_TCP,   1000,          80,
                        .flags = FLAG_ACK, .fragment = DF, .payload = 500};
    uint8_t a[2000], b[2000], sent[2000];
    g_autofree Coalescer *coalescer = coalescer_new();
    uint32_t n = test_packet_write(&first, a), m = test_packet_write(&c->second, b);
    bool is_second_first;

    b[m - 1] ^= c->spoils;
    memcpy(sent, b, m);
    add(coalescer, a, n);
    add(coalescer, b, m);
    coalesce_flush(coalescer);
    g_assert_cmpuint(written.n, ==, 2);
    g_assert_cmpuint(written.packets[0] + written.packets[1], ==, 2);
    /* Another flow's packet may overtake; one of the same flow never does. */
    is_second_first = written.sizes[0] == m && memcmp(written.octets[0], sent, m) == 0;
    if (is_second_first)
        g_assert_true(g_str_equal(c->name, "other-port") || g_str_equal(c->name, "icmp") ||
                      g_str_equal(c->name, "fragment"));
    else
        g_assert_cmpmem(written.octets[1], written.sizes[1], sent, m);
    /* What wasn't verified is not blessed. */
    if (c->spoils != 0)
        g_assert_cmpuint(written.headers[1].flags, ==, 0);
}

static void
push_ends_a_group(void)
{
    TestPacket packet = {RVL_FAMILY_IPV4,   PROTOCOL_TCP,   1000,          80,
                         .flags = FLAG_ACK, .fragment = DF, .payload = 500};
    uint8_t a[2000], b[2000], c[2000];
    g_autofree Coalescer *coalescer = coalescer_new();

    add(coalescer, a, test_packet_write(&packet, a));
    packet.sequence += 500;
    packet.flags |= FLAG_PSH;
    add(coalescer, b, test_packet_write(&packet, b));
    packet.sequence += 500;
    packet.flags = FLAG_ACK;
    add(coalescer, c, test_packet_write(&packet, c));
    g_assert_cmpuint(written.n, ==, 1);
    g_assert_cmpuint(written.packets[0], ==, 2);
    g_assert_cmphex(written.octets[0][IPV4_HEADER + 13], ==, FLAG_ACK | FLAG_PSH);
    coalesce_flush(coalescer);
    g_assert_cmpuint(written.n, ==, 2);
}

static void
more_flows_than_places(void)
{
    static uint8_t packets[40][2000];
    g_autofree Coalescer *coalescer = coalescer_new();

    for (uint16_t i = 0; i < 40; i++) {
        TestPacket packet = {RVL_FAMILY_IPV4,   PROTOCOL_TCP,   (uint16_t)(1000 + i), 80,
                             .flags = FLAG_ACK, .fragment = DF, .payload = 100};

        add(coalescer, packets[i], test_packet_write(&packet, packets[i]));
    }
    coalesce_flush(coalescer);
    g_assert_cmpuint(written.n, ==, 40);
}

/* A super-packet of the kernel: flags of its ends appear only there. */
static void
flags_of_the_ends_stay_there(void)
{
    TestPacket packet = {
        RVL_FAMILY_IPV6, PROTOCOL_TCP, 1, 2, .flags = FLAG_ACK | FLAG_FIN | FLAG_PSH | FLAG_CWR,
        .payload = 3000};
    struct virtio_net_hdr header = {.gso_type = VIRTIO_NET_HDR_GSO_TCPV6 | VIRTIO_NET_HDR_GSO_ECN,
                                    .gso_size = 1000,
                                    .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM};
    uint8_t whole[4000], out[4000];
    const uint8_t flags[] = {FLAG_ACK | FLAG_CWR, FLAG_ACK, FLAG_ACK | FLAG_FIN | FLAG_PSH};
    Segmentation s;
    PacketView view;

    g_assert_true(packet_parse(whole, test_packet_write(&packet, whole), &view));
    g_assert_true(segmentation_init(&s, &header, whole, &view));
    g_assert_cmpuint(s.count, ==, 3);
    for (uint32_t i = 0; i < 3; i++) {
        segmentation_write(&s, i, out);
        g_assert_true(test_packet_holds(out, segmentation_octets(&s, i)));
        g_assert_cmphex(out[IPV6_HEADER + 13], ==, flags[i]);
    }
}

static void
missing_checksum_is_made(void)
{
    TestPacket packet = {RVL_FAMILY_IPV4, PROTOCOL_UDP, 1, 2, .payload = 33};
    struct virtio_net_hdr header = {
        .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM, .csum_start = IPV4_HEADER, .csum_offset = 6};
    uint8_t whole[200], given[200], out[200];
    uint32_t n = test_packet_write(&packet, whole), sum = 0;
    Segmentation s;
    PacketView view;

    /* As the kernel leaves it: the sum of the pseudo-header. */
    memcpy(given, whole, n);
    for (unsigned i = 12; i < 20; i += 2)
        sum += load16(given + i);
    sum += PROTOCOL_UDP + (n - IPV4_HEADER);
    sum = (sum & 0xffff) + (sum >> 16);
    store16(given + IPV4_HEADER + 6, (uint16_t)sum);
    g_assert_true(packet_parse(given, n, &view));
    g_assert_true(segmentation_init(&s, &header, given, &view));
    segmentation_write(&s, 0, out);
    g_assert_cmpmem(out, n, whole, n);
}

static const struct {
    const char *name;
    struct virtio_net_hdr header;
} misfits[] = {
    {"unknown-type", {.gso_type = 77, .gso_size = 100}},
    {"segments-of-nothing", {.gso_type = VIRTIO_NET_HDR_GSO_TCPV4}},
    {"udp-as-tcp", {.gso_type = VIRTIO_NET_HDR_GSO_TCPV4, .gso_size = 100}},
    {"checksum-outside",
     {.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM, .csum_start = 60, .csum_offset = 6}},
};

static void
misfit_is_refused(gconstpointer data)
{
    const typeof(misfits[0]) *c = data;
    TestPacket packet = {RVL_FAMILY_IPV4, PROTOCOL_UDP, 1, 2, .payload = 33};
    uint8_t whole[200];
    Segmentation s;
    PacketView view;

    g_assert_true(packet_parse(whole, test_packet_write(&packet, whole), &view));
    g_assert_false(segmentation_init(&s, &c->header, whole, &view));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ROWS(rows, prefix, function)                                                               \
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {                                              \
        g_autofree char *path =                                                                    \
            g_strdup_printf("/userspace/segments/" prefix "/%s", rows[i].name);                    \
        g_test_add_data_func(path, &rows[i], function);                                            \
    }
    ROWS(streams, "stream-survives-both", stream_survives_both);
    ROWS(strangers, "stranger-goes-alone", stranger_goes_alone);
    ROWS(misfits, "misfit-is-refused", misfit_is_refused);
    g_test_add_func("/userspace/segments/push-ends-a-group", push_ends_a_group);
    g_test_add_func("/userspace/segments/more-flows-than-places", more_flows_than_places);
    g_test_add_func("/userspace/segments/flags-of-the-ends-stay-there",
                    flags_of_the_ends_stay_there);
    g_test_add_func("/userspace/segments/missing-checksum-is-made", missing_checksum_is_made);
    return g_test_run();
}
