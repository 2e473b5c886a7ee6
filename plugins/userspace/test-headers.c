/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Headers read and written: flows, ECN, fragments, ICMP. */
#include "config.h"

#include <string.h>

#include "byte-order.h"
#include "ecn.h"
#include "fragment.h"
#include "icmp.h"
#include "test-packet.h"

/* RFC 6040 figure 4, as it stands there: [inner][outer]; 4 is "drop". */
static const uint8_t figure4[4][4] = {
    /* outer:   Not-ECT  ECT(1)  ECT(0)  CE, by code point 0, 1, 2, 3 */
    /* Not-ECT */ {0, 0, 0, 4},
    /* ECT(1)  */ {1, 1, 1, 3},
    /* ECT(0)  */ {2, 1, 2, 3},
    /* CE      */ {3, 3, 3, 3},
};

static void
ecn_follows_figure_4(void)
{
    for (uint8_t dscp = 0; dscp < 64; dscp++) {
        for (uint8_t inner = 0; inner < 4; inner++) {
            for (uint8_t outer = 0; outer < 4; outer++) {
                uint8_t result = 0xff;
                bool passes = ecn_decapsulate((uint8_t)(dscp << 2 | inner),
                                              (uint8_t)(63 - dscp) << 2 | outer, &result);

                g_assert_cmpint(passes, ==, figure4[inner][outer] != 4);
                if (passes) /* DSCP is the inner one (RFC 4301 5.1.2.1) */
                    g_assert_cmphex(result, ==, dscp << 2 | figure4[inner][outer]);
            }
        }
    }
}

static void
class_is_rewritten_with_its_checksum(void)
{
    const RvlFamily families[] = {RVL_FAMILY_IPV4, RVL_FAMILY_IPV6};

    for (size_t f = 0; f < G_N_ELEMENTS(families); f++) {
        for (unsigned from = 0; from < 256; from += 5) {
            TestPacket packet = {families[f],  PROTOCOL_UDP, 1, 2, .traffic_class = (uint8_t)from,
                                 .payload = 10};
            uint8_t octets[200];
            uint32_t n = test_packet_write(&packet, octets);
            PacketView view;

            ecn_rewrite(octets, (uint8_t)(255 - from));
            g_assert_true(test_packet_holds(octets, n));
            g_assert_true(packet_parse(octets, n, &view));
            g_assert_cmphex(view.traffic_class, ==, 255 - from);
        }
    }
}

static void
flow_shows_addresses_and_ports(void)
{
    TestPacket packet = {RVL_FAMILY_IPV6, PROTOCOL_TCP, 1234, 80, .payload = 5};
    uint8_t octets[200];
    PacketView view;
    RvlFlow flow;
    char text[RVL_ADDRESS_TEXT];

    g_assert_true(packet_parse(octets, test_packet_write(&packet, octets), &view));
    flow_describe(&view.key, &flow);
    g_assert_cmpstr(rvl_address_format(&flow.source, text), ==, "fd81::1");
    g_assert_cmpstr(rvl_address_format(&flow.destination, text), ==, "fd82::1");
    g_assert_true(flow.ports_known);
    g_assert_cmpuint(flow.source_port, ==, 1234);
    g_assert_cmpuint(flow.destination_port, ==, 80);
}

static void
extension_headers_are_walked(void)
{
    /* hop-by-hop (8), destination options (16), fragment (first), TCP */
    static const uint8_t chain[] = {
        60, 0, 1, 4,  0, 0, 0, 0,                         /* hop-by-hop */
        44, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* destination */
        6,  0, 0, 1,  0, 0, 0, 9,                         /* fragment 0, more */
        4,  1, 0, 22,                                     /* ports 1025, 22 */
    };
    uint8_t octets[100] = {0x60, 0, 0, 0, 0, sizeof chain, 0, 64};
    PacketView view;

    memcpy(octets + IPV6_HEADER, chain, sizeof chain);
    g_assert_true(packet_parse(octets, IPV6_HEADER + sizeof chain, &view));
    g_assert_cmpuint(view.key.protocol, ==, PROTOCOL_TCP);
    g_assert_true(view.key.is_fragment);
    g_assert_true(view.key.ports_known);
    g_assert_cmpuint(view.key.source_port, ==, 1025);
    octets[IPV6_HEADER + 8 + 16 + 3] = 9; /* offset 8: a later fragment */
    g_assert_true(packet_parse(octets, IPV6_HEADER + sizeof chain, &view));
    g_assert_false(view.key.ports_known);
    for (size_t n = 0; n < IPV6_HEADER + sizeof chain; n++)
        g_assert_false(packet_parse(octets, n, &view));
}

/* Each octet of the headers in turn takes each value: nothing may be read outside. */
static void
any_header_is_read_safely(void)
{
    const RvlFamily families[] = {RVL_FAMILY_IPV4, RVL_FAMILY_IPV6};
    PacketView view;

    for (size_t f = 0; f < G_N_ELEMENTS(families); f++) {
        TestPacket packet = {families[f], PROTOCOL_UDP, 1, 2, .payload = 20};
        uint8_t whole[200];
        uint32_t n = test_packet_write(&packet, whole);

        for (uint32_t i = 0; i < n; i++) {
            for (unsigned value = 0; value < 256; value += 3) {
                g_autofree uint8_t *exact = g_memdup2(whole, n); /* its end is the heap's */

                exact[i] = (uint8_t)value;
                if (packet_parse(exact, n, &view))
                    g_assert_cmpuint(view.octets, <=, n);
            }
        }
    }
}

/* Puts the fragments of @f together again. */
static uint32_t
reassemble(const Fragmentation *f, uint32_t mtu, uint8_t *out)
{
    uint32_t end = 0;

    for (uint32_t i = 0; i < f->count; i++) {
        uint8_t fragment[2000];
        uint32_t n = fragmentation_octets(f, i);
        uint32_t header, offset;
        PacketView view;

        g_assert_cmpuint(n, <=, mtu);
        fragmentation_write(f, i, fragment);
        g_assert_true(test_packet_holds(fragment, n));
        g_assert_true(packet_parse(fragment, n, &view));
        header = (uint32_t)(fragment[0] & 15) * 4;
        offset = (uint32_t)(load16(fragment + 6) & 0x1fff) * 8;
        g_assert_cmpint((load16(fragment + 6) & 0x2000) != 0, ==, i + 1 < f->count);
        g_assert_cmpuint(offset, ==, end);
        memcpy(out + offset, fragment + header, n - header);
        end = offset + n - header;
    }
    return end;
}

static void
fragments_make_up_the_packet(void)
{
    for (uint32_t payload = 0; payload < 3000; payload += 61) {
        for (uint32_t mtu = 68; mtu < 1500; mtu += 113) {
            TestPacket packet = {RVL_FAMILY_IPV4,    PROTOCOL_UDP,        1, 2,
                                 .payload = payload, .identification = 77};
            uint8_t whole[4000], again[4000];
            uint32_t n = test_packet_write(&packet, whole);
            Fragmentation f;
            PacketView view;

            g_assert_true(packet_parse(whole, n, &view));
            g_assert_true(fragmentation_init(&f, whole, &view, mtu));
            g_assert_cmpuint(reassemble(&f, mtu, again), ==, n - IPV4_HEADER);
            g_assert_cmpmem(again, n - IPV4_HEADER, whole + IPV4_HEADER, n - IPV4_HEADER);
        }
    }
}

/* RFC 791: an option whose copied flag is set goes into every fragment, others into the first. */
static void
options_are_copied_by_their_flag(void)
{
    static const uint8_t options[] = {0x07, 3, 4, 1,
                                      0x94, 4, 0, 0}; /* record route, NOP, router alert */
    uint8_t whole[200] = {0x47, 0, 0, 128, 0, 9, 0, 0, 64, PROTOCOL_UDP};
    uint8_t out[200];
    Fragmentation f;
    PacketView view;

    memcpy(whole + IPV4_HEADER, options, sizeof options);
    g_assert_true(packet_parse(whole, 128, &view));
    g_assert_true(fragmentation_init(&f, whole, &view, 68));
    fragmentation_write(&f, 0, out);
    g_assert_cmpmem(out + IPV4_HEADER, sizeof options, options, sizeof options);
    fragmentation_write(&f, 1, out);
    g_assert_cmphex(out[0], ==, 0x46);
    g_assert_cmpmem(out + IPV4_HEADER, 4, options + 4, 4);
}

static void
sender_is_told_the_mtu(void)
{
    TestPacket ipv4 = {RVL_FAMILY_IPV4, PROTOCOL_UDP, 1, 2, .fragment = 0x4000, .payload = 1400};
    TestPacket ipv6 = {RVL_FAMILY_IPV6, PROTOCOL_UDP, 1, 2, .payload = 1400};
    uint8_t packet[2000], message[ICMP_MESSAGE_MAX];
    PacketView view;
    size_t n;

    g_assert_true(packet_parse(packet, test_packet_write(&ipv4, packet), &view));
    n = icmp_too_big(packet, &view, 1300, message);
    g_assert_cmpuint(n, ==, 576);
    g_assert_true(test_packet_holds(message, (uint32_t)n));
    g_assert_cmpmem(message + 16, 4, packet + 12, 4); /* to the sender */
    g_assert_cmpuint(message[20], ==, 3);
    g_assert_cmpuint(message[21], ==, 4);
    g_assert_cmpuint(load16(message + 26), ==, 1300);
    g_assert_cmpmem(message + 28, 548, packet, 548);

    g_assert_true(packet_parse(packet, test_packet_write(&ipv6, packet), &view));
    n = icmp_too_big(packet, &view, 1300, message);
    g_assert_cmpuint(n, ==, 1280);
    g_assert_true(test_packet_holds(message, (uint32_t)n));
    g_assert_cmpuint(message[40], ==, 2);
    g_assert_cmpuint(load32(message + 44), ==, 1300);
    g_assert_cmpmem(message + 48, 1232, packet, 1232);
}

static void
nothing_is_said_about_errors(void)
{
    TestPacket ipv4 = {RVL_FAMILY_IPV4, PROTOCOL_ICMP, .fragment = 0x4000, .payload = 1400};
    uint8_t packet[2000], message[ICMP_MESSAGE_MAX];
    uint32_t n = test_packet_write(&ipv4, packet);
    PacketView view;

    g_assert_true(packet_parse(packet, n, &view));
    g_assert_cmpuint(icmp_too_big(packet, &view, 1300, message), >, 0); /* an echo */
    packet[IPV4_HEADER] = 3;
    g_assert_true(packet_parse(packet, n, &view));
    g_assert_cmpuint(icmp_too_big(packet, &view, 1300, message), ==, 0); /* an error */
    packet[IPV4_HEADER] = 8;
    packet[16] = 224;
    g_assert_true(packet_parse(packet, n, &view));
    g_assert_cmpuint(icmp_too_big(packet, &view, 1300, message), ==, 0); /* to a group */
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(name, function) g_test_add_func("/userspace/headers/" name, function)
    CASE("ecn-follows-figure-4", ecn_follows_figure_4);
    CASE("class-is-rewritten-with-its-checksum", class_is_rewritten_with_its_checksum);
    CASE("flow-shows-addresses-and-ports", flow_shows_addresses_and_ports);
    CASE("extension-headers-are-walked", extension_headers_are_walked);
    CASE("any-header-is-read-safely", any_header_is_read_safely);
    CASE("fragments-make-up-the-packet", fragments_make_up_the_packet);
    CASE("options-are-copied-by-their-flag", options_are_copied_by_their_flag);
    CASE("sender-is-told-the-mtu", sender_is_told_the_mtu);
    CASE("nothing-is-said-about-errors", nothing_is_said_about_errors);
    return g_test_run();
}
