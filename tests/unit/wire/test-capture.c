/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Captured messages of others: IKEv2 parses, and nothing that is made of any of them misbehaves. */
#include "config.h"

#include <string.h>

#include <ravelin/error.h>
#include "support/capture.h"
#include "support/vectors.h"
#include "wire/encrypted.h"
#include "wire/grammar-v2.h"
#include "wire/message.h"
#include "wire/proposal-text.h"

/* Captures, how many messages of IKEv2 they hold whole, and how many of these parse. */
static const struct {
    const char *name;
    guint n_ikev2;
    guint n_parsed;
} captures[] = {
    {"libreswan/01-isakmp-broadcast.pcap", 0, 0},
    {"libreswan/01-isakmp-vid-first-resp.pcap", 0, 0},
    {"libreswan/01-isakmp-vid-first.pcap", 0, 0},
    {"libreswan/01-isakmp-vid-second-resp.pcap", 0, 0},
    {"scapy/ikev2_nat_t.pcapng", 30, 30},
    {"scapy/ikev2_notify_redirect.pcap", 4, 4},
    {"tcpdump/08-sunrise-sunset-aes.pcap", 0, 0},
    {"tcpdump/ISAKMP_sa_setup.pcap", 0, 0},
    {"tcpdump/espudp1.pcap", 0, 0},
    {"tcpdump/ikev2-id-normal.pcap", 1, 0}, /* an IPv4 identity of one octet */
    {"tcpdump/ikev2four.pcap", 21, 21},
    {"tcpdump/ikev2pI2.pcap", 2, 2},
    {"tcpdump/isakmp-identification-segfault.pcap", 0, 0},
    {"tcpdump/isakmp-ikev1_n_print-oobr.pcap", 0, 0},
    {"tcpdump/isakmp-no-none-np.pcapng", 0, 0},
    {"tcpdump/isakmp-pointer-loop.pcap", 0, 0},
    {"tcpdump/isakmp-rfc3948-oobr.pcap", 0, 0},
    {"tcpdump/isakmp4500.pcap", 0, 0},
    {"tcpdump/isakmpv1-attr-oobr.pcap", 0, 0},
    {"wireshark/ikev1-bug-12620.pcapng.gz", 0, 0},
    {"wireshark/ikev1-certs.pcap", 0, 0},
    {"wireshark/ikev2-decrypt-3des-sha1_160.pcap", 6, 6},
    {"wireshark/ikev2-decrypt-aes128ccm12.pcap", 6, 6},
    {"wireshark/ikev2-decrypt-aes256cbc.pcapng", 4, 4},
    {"wireshark/ikev2-decrypt-aes256ccm16.pcapng", 4, 4},
    {"wireshark/ikev2-decrypt-aes256gcm16.pcap", 6, 6},
};

static RvlTestCapture *
load(const char *name)
{
    g_autofree char *path = g_build_filename("captures", name, NULL);
    g_autoptr(GBytes) octets = rvl_test_vectors_read(path);

    return octets != NULL ? rvl_test_capture_read(octets) : NULL;
}

static gboolean
is_ikev2(RvlOctets ike)
{
    return ike.size >= RVL_ISAKMP_HEADER_OCTETS && ike.data[17] >> 4 == 2;
}

static void
messages_parse(gconstpointer data)
{
    const typeof(captures[0]) *c = data;
    g_autoptr(RvlTestCapture) capture = load(c->name);
    guint n_ikev2 = 0, n_parsed = 0;

    if (capture == NULL)
        return;
    for (guint i = 0; i < capture->datagrams->len; i++) {
        const RvlTestDatagram *datagram = &g_array_index(capture->datagrams, RvlTestDatagram, i);
        RvlOctets ike = rvl_test_datagram_ike(datagram);
        g_autoptr(GError) error = NULL;

        if (!is_ikev2(ike) || datagram->is_truncated)
            continue;
        n_ikev2++;
        g_autoptr(RvlMessage) message = rvl_message_parse(ike.data, ike.size, &error);

        n_parsed += message != NULL;
        if (message == NULL)
            g_test_message("frame %u: %s", datagram->frame, error->message);
    }
    g_assert_cmpuint(n_ikev2, ==, c->n_ikev2);
    g_assert_cmpuint(n_parsed, ==, c->n_parsed);
}

/* Everything that reads a message before it is verified; what they answer doesn't matter here. */
static void
read_all(const guint8 *octets, gsize size)
{
    static const RvlEncryptedShape shape = {.iv_octets = 8, .icv_octets = 16, .alignment = 1};
    g_autoptr(RvlMessage) message = rvl_message_parse(octets, size, NULL);
    RvlPayload payload;
    RvlEncryptedLayout layout;

    if (rvl_encrypted_find(octets, size, &payload, NULL) &&
        rvl_encrypted_layout(&payload, &shape, &layout, NULL))
        g_assert_cmpuint(layout.icv + shape.icv_octets, ==, size);
    for (guint i = 0; message != NULL && i < message->n_payloads; i++) {
        if (message->payloads[i].type == RVL_PAYLOAD_SA) {
            g_autofree char *text = rvl_proposals_format(message->payloads[i].sa.proposals,
                                                         message->payloads[i].sa.n, NULL, NULL);

            g_assert_cmpuint(strlen(text), <=, RVL_PROPOSALS_TEXT_MAX + strlen("…"));
        }
    }
    for (guint g = 0; message != NULL && g < RVL_GRAMMAR_V2_COUNT_; g++) {
        g_autoptr(GError) error = NULL;

        if (!rvl_grammar_check(rvl_grammar_v2((RvlGrammarV2)g), message, &error))
            g_assert_cmpint(error->domain, ==, RVL_ERROR);
    }
}

static void
set_length(guint8 *octets, gsize size)
{
    for (guint i = 0; i < 4 && size >= RVL_ISAKMP_HEADER_OCTETS; i++)
        octets[24 + i] = (guint8)(size >> (24 - 8 * i));
}

/* Each truncation, with the header's length as it was and put right; in memory of that size. */
static void
cut_off(RvlOctets ike)
{
    for (gsize size = 0; size <= ike.size; size++) {
        g_autofree guint8 *copy = g_memdup2(ike.data, MAX(size, 1));

        read_all(copy, size);
        set_length(copy, size);
        read_all(copy, size);
    }
}

static void
flip_bits(RvlOctets ike)
{
    g_autofree guint8 *copy = g_memdup2(ike.data, MAX(ike.size, 1));

    for (gsize bit = 0; bit < ike.size * 8; bit++) {
        copy[bit / 8] ^= (guint8)(1 << bit % 8);
        read_all(copy, ike.size);
        copy[bit / 8] ^= (guint8)(1 << bit % 8);
    }
}

static void
mutations_never_misbehave(gconstpointer data)
{
    const typeof(captures[0]) *c = data;
    g_autoptr(RvlTestCapture) capture = load(c->name);

    for (guint i = 0; capture != NULL && i < capture->datagrams->len; i++) {
        RvlOctets ike =
            rvl_test_datagram_ike(&g_array_index(capture->datagrams, RvlTestDatagram, i));

        cut_off(ike);
        flip_bits(ike);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(captures); i++) {
        g_autofree char *parse = g_strconcat("/wire/capture/parses/", captures[i].name, NULL);
        g_autofree char *mutate =
            g_strconcat("/wire/capture/mutations-never-misbehave/", captures[i].name, NULL);

        g_test_add_data_func(parse, &captures[i], messages_parse);
        g_test_add_data_func(mutate, &captures[i], mutations_never_misbehave);
    }
    return g_test_run();
}
