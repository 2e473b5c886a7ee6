/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ESP with every backend and suite: published packets both ways, every length, every bit, the window. */
#include "config.h"

#include "test-esp.h"

#include <string.h>
#include <json-glib/json-glib.h>

#include "byte-order.h"
#include "support/hex.h"
#include "support/vectors.h"
#include "test-packet.h"

enum { SPI = 0x12345678, WINDOW = 64 };

typedef struct {
    const BuiltBackend *backend;
    const TestSuite *suite;
} Pair;

static EspRig *
rig_of(const Pair *pair, bool has_esn)
{
    return esp_rig_new(&pair->backend->primitives, pair->suite, NULL, NULL, SPI, has_esn, WINDOW);
}

static uint32_t
write_udp(uint8_t *out, RvlFamily family, uint32_t payload, uint8_t traffic_class)
{
    TestPacket packet = {family, PROTOCOL_UDP,       1000,
                         2000,   .payload = payload, .traffic_class = traffic_class};

    return test_packet_write(&packet, out);
}

/* Inner packets of each length from a bare header on, both families, with and without ESN. */
static void
every_length_survives(gconstpointer data)
{
    for (unsigned mode = 0; mode < 4; mode++) {
        RvlFamily family = (mode & 1) != 0 ? RVL_FAMILY_IPV6 : RVL_FAMILY_IPV4;
        g_autoptr(EspRig) rig = rig_of(data, (mode & 2) != 0);
        const RvlProtectionShape *shape = &rig->suite.shape;

        for (uint32_t payload = 0; payload <= 128; payload++) {
            uint8_t inner[256], esp[400];
            uint32_t n = write_udp(inner, family, payload, 0);
            uint32_t octets = esp_rig_seal(rig, payload + 1, inner, n, esp);
            const InPacket *p = &rig->in->in[0];

            g_assert_cmpuint(octets, ==, rvl_esp_octets(shape, n));
            g_assert_cmpuint(rvl_esp_largest_inner(shape, octets), >=, n);
            g_assert_cmpuint(rvl_esp_largest_inner(shape, octets - 1), <, n);
            g_assert_cmpuint(load32(esp), ==, SPI);
            g_assert_cmpuint(load32(esp + 4), ==, payload + 1);
            g_assert_cmpint(esp_rig_open(rig, esp, octets, 0), ==, RVL_DROP_NONE);
            g_assert_cmpmem(p->inner, p->view.octets, inner, n);
        }
    }
}

/* Any bit, anywhere: dropped, and the window doesn't move. */
static void
any_flipped_bit_is_dropped(gconstpointer data)
{
    g_autoptr(EspRig) rig = rig_of(data, true);
    uint8_t inner[200], esp[400], broken[400];
    uint32_t n = write_udp(inner, RVL_FAMILY_IPV4, 40, 0);
    uint32_t octets = esp_rig_seal(rig, 10, inner, n, esp);

    for (uint32_t bit = 0; bit < octets * 8; bit++) {
        RvlDropCause drop;

        memcpy(broken, esp, octets);
        broken[bit / 8] ^= (uint8_t)(1 << bit % 8);
        drop = esp_rig_open(rig, broken, octets, 0);
        g_assert_cmpint(drop, ==, bit < 32 ? RVL_DROP_UNKNOWN_SPI : RVL_DROP_FORGED);
        g_assert_cmpuint(rig->in_sa->window.top, ==, 0);
    }
    for (uint32_t length = 0; length < octets; length++) {
        memcpy(broken, esp, octets);
        g_assert_cmpint(esp_rig_open(rig, broken, length, 0), !=, RVL_DROP_NONE);
    }
    g_assert_cmpint(esp_rig_open(rig, esp, octets, 0), ==, RVL_DROP_NONE);
    g_assert_cmpuint(rig->in_sa->window.top, ==, 10);
}

/* A number twice in one batch, a number again, one left of the window. */
static void
repeated_numbers_are_dropped(gconstpointer data)
{
    g_autoptr(EspRig) rig = rig_of(data, false);
    uint8_t inner[200], one[400], two[400], third[400], old[400];
    uint32_t n = write_udp(inner, RVL_FAMILY_IPV4, 40, 0);
    uint32_t octets = esp_rig_seal(rig, 100, inner, n, one);

    memcpy(two, one, octets);
    memcpy(third, one, octets);
    esp_rig_seal(rig, 100 - WINDOW, inner, n, old);
    g_assert_cmpint(esp_in_add(rig->in, &rig->table, one, octets, &rig->remote, 0), ==, 0);
    g_assert_cmpint(esp_in_add(rig->in, &rig->table, two, octets, &rig->remote, 0), ==, 0);
    esp_in_open(rig->in, rig->scratches);
    g_assert_cmpint(rig->in->in[0].drop, ==, RVL_DROP_NONE);
    g_assert_true(rig->in->in[0].is_newest);
    g_assert_cmpint(rig->in->in[1].drop, ==, RVL_DROP_REPLAYED);
    g_assert_cmpint(esp_rig_open(rig, third, octets, 0), ==, RVL_DROP_REPLAYED);
    g_assert_cmpint(esp_rig_open(rig, old, octets, 0), ==, RVL_DROP_REPLAYED);
}

/* With ESN the high-order bits are authenticated, so a number is good in its own subspace alone. */
static void
esn_crosses_the_boundary(gconstpointer data)
{
    g_autoptr(EspRig) rig = rig_of(data, true);
    uint64_t boundary = UINT64_C(1) << 32;
    uint8_t inner[200], esp[400], ahead[400];
    uint32_t n = write_udp(inner, RVL_FAMILY_IPV4, 40, 0);
    uint32_t octets;

    rig->in_sa->window.top = boundary - 20;
    for (uint64_t sequence = boundary - 10; sequence < boundary + 10; sequence++) {
        octets = esp_rig_seal(rig, sequence, inner, n, esp);
        g_assert_cmpuint(load32(esp + 4), ==, (uint32_t)sequence);
        g_assert_cmpint(esp_rig_open(rig, esp, octets, 0), ==, RVL_DROP_NONE);
        g_assert_cmpuint(rig->in_sa->window.top, ==, sequence);
    }
    /* Two subspaces on: the guess is one subspace on, and the ICV doesn't hold. */
    octets = esp_rig_seal(rig, boundary * 2 + 500, inner, n, ahead);
    g_assert_cmpint(esp_rig_open(rig, ahead, octets, 0), ==, RVL_DROP_FORGED);
}

/* What a peer may send that is authentic and still wrong: written before it is sealed. */
typedef struct {
    const char *name;
    uint8_t next_header;
    int padding; /* length octet; -1: as it is */
    bool spoils_padding;
    uint8_t first; /* of the inner packet; 0: as it is */
    uint8_t outer_class;
    uint8_t inner_class;
    RvlDropCause drop;
} Oddity;

static const Oddity oddities[] = {
    {"plain", PROTOCOL_IPV4, -1, false, 0, 0, 0, RVL_DROP_NONE},
    {"dummy", PROTOCOL_NONE, -1, false, 0, 0, 0, RVL_DROP_DUMMY},
    {"other-family", PROTOCOL_IPV6, -1, false, 0, 0, 0, RVL_DROP_MALFORMED},
    {"no-tunnel", PROTOCOL_UDP, -1, false, 0, 0, 0, RVL_DROP_MALFORMED},
    {"padding-beyond-packet", PROTOCOL_IPV4, 255, false, 0, 0, 0, RVL_DROP_MALFORMED},
    {"padding-not-1-2-3", PROTOCOL_IPV4, -1, true, 0, 0, 0, RVL_DROP_MALFORMED},
    {"no-ip", PROTOCOL_IPV4, -1, false, 0x75, 0, 0, RVL_DROP_MALFORMED},
    {"header-beyond-packet", PROTOCOL_IPV4, -1, false, 0x4f, 0, 0, RVL_DROP_MALFORMED},
    {"congested-and-not-capable", PROTOCOL_IPV4, -1, false, 0, ECN_CE, 0, RVL_DROP_ECN},
    {"congested-and-capable", PROTOCOL_IPV4, -1, false, 0, ECN_CE, ECN_ECT_0, RVL_DROP_NONE},
};

static void
oddity_ends_as_it_must(const Pair *pair, const Oddity *odd)
{
    g_autoptr(EspRig) rig = rig_of(pair, false);
    uint8_t inner[200];
    /* 37 octets: at least three octets of padding, whatever the alignment. */
    uint32_t n = write_udp(inner, RVL_FAMILY_IPV4, 9, odd->inner_class);
    uint8_t *plain = esp_out_add(rig->out, rig->out_sa, rig->route, 1, n, odd->next_header, 0);
    RvlPacket *packet = &rig->out->packets[0];
    uint8_t *trailer = plain + packet->octets - RVL_ESP_TRAILER;
    RvlDropCause drop;

    memcpy(plain, inner, n);
    if (odd->first != 0)
        plain[0] = odd->first;
    if (odd->spoils_padding)
        plain[n] ^= 0x40;
    if (odd->padding >= 0)
        trailer[0] = (uint8_t)odd->padding;
    g_assert_cmpuint(esp_out_seal(rig->out, rig->scratches), ==, 0);
    drop = esp_rig_open(rig, rig->out->arena, rig->out->used, odd->outer_class);
    g_assert_cmpint(drop, ==, odd->drop);
    if (drop == RVL_DROP_NONE && odd->outer_class == ECN_CE) {
        g_assert_cmphex(rig->in->in[0].view.traffic_class, ==, ECN_CE);
        g_assert_true(test_packet_holds(rig->in->in[0].inner, n));
    }
    /* Authentic: its number counts, whatever it held. */
    g_assert_cmpuint(rig->in_sa->window.top, ==, 1);
}

static void
authentic_oddities_end_as_they_must(gconstpointer data)
{
    for (size_t i = 0; i < G_N_ELEMENTS(oddities); i++)
        oddity_ends_as_it_must(data, &oddities[i]);
}

/* RFC 4303 2.7: octets behind the inner packet, before the padding, are ignored. */
static void
tfc_padding_is_tolerated(gconstpointer data)
{
    g_autoptr(EspRig) rig = rig_of(data, false);
    uint8_t inner[400] = {0}, esp[600];
    uint32_t n = write_udp(inner, RVL_FAMILY_IPV4, 40, 0);
    uint32_t octets;

    memset(inner + n, 0xaa, 100);
    octets = esp_rig_seal(rig, 1, inner, n + 100, esp);
    g_assert_cmpint(esp_rig_open(rig, esp, octets, 0), ==, RVL_DROP_NONE);
    g_assert_cmpuint(rig->in->in[0].view.octets, ==, n);
}

/* ---- published packets ---- */

/* (name in the file, suite); others are of suites that come later. */
static const struct {
    const char *name;
    const char *suite;
} published[] = {
    {"pkt_aes_128_gcm", "aes128gcm16"},
    {"pkt_aes_256_gcm", "aes256gcm16"},
    {"pkt_aes_128_cbc_hmac_sha256", "aes128-sha256"},
    {"pkt_aes_128_cbc_hmac_sha512", "aes128-sha512"},
    {"pkt_aes_128_cbc_hmac_sha256_v6", "aes128-sha256"},
    {"RFC 7634 Appendix A ESP", "chacha20poly1305"},
};

typedef struct {
    const TestSuite *suite;
    GBytes *encr;
    GBytes *integ;
    GBytes *esp;
    GBytes *inner;
} Published;

static GBytes *
member(JsonObject *vector, const char *name, const char *more)
{
    g_autofree char *hex = NULL;

    if (!json_object_has_member(vector, name))
        return NULL;
    hex = g_strconcat(json_object_get_string_member(vector, name),
                      more != NULL && json_object_has_member(vector, more)
                          ? json_object_get_string_member(vector, more)
                          : "",
                      NULL);
    return rvl_test_unhex(hex);
}

/* The padding is cut off: our own must make the same octets. */
static GBytes *
without_trailer(GBytes *plain)
{
    gsize n = g_bytes_get_size(plain);
    const uint8_t *octets = g_bytes_get_data(plain, NULL);

    return g_bytes_new_from_bytes(plain, 0, n - RVL_ESP_TRAILER - octets[n - 2]);
}

static bool
read_published(JsonObject *vector, Published *p)
{
    const char *name = json_object_get_string_member(vector, "name");
    g_autoptr(GBytes) whole = member(vector, "output_text", NULL);
    g_autoptr(GBytes) plain = member(vector, "plaintext_with_trailer", NULL);

    p->suite = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(published); i++)
        if (g_str_equal(published[i].name, name))
            p->suite = test_suite(published[i].suite);
    if (p->suite == NULL)
        return false;
    p->encr = member(vector, "key", "salt");
    p->integ = member(vector, "auth_key", NULL);
    if (whole != NULL) {
        gsize header = (gsize)json_object_get_int_member(vector, "outer_header_bytes");

        p->esp = g_bytes_new_from_bytes(whole, header, g_bytes_get_size(whole) - header);
        p->inner = member(vector, "input_text", NULL);
    } else {
        p->esp = member(vector, "esp_packet", NULL);
        p->inner = without_trailer(plain);
    }
    return true;
}

static void
clear_published(Published *p)
{
    g_clear_pointer(&p->encr, g_bytes_unref);
    g_clear_pointer(&p->integ, g_bytes_unref);
    g_clear_pointer(&p->esp, g_bytes_unref);
    g_clear_pointer(&p->inner, g_bytes_unref);
}

/*
 * In: the packet opens and gives the inner one. Out: ours around the same inner packet has the
 * same header, plaintext, padding and length; only the IV, which every sender chooses, may differ.
 */
static void
published_packet_fits(const BuiltBackend *backend, const Published *p)
{
    gsize n, octets;
    const uint8_t *inner = g_bytes_get_data(p->inner, &n);
    const uint8_t *esp = g_bytes_get_data(p->esp, &octets);
    uint8_t work[2000];
    uint32_t spi = load32(esp);
    g_autoptr(EspRig) rig =
        esp_rig_new(&backend->primitives, p->suite, p->encr, p->integ, spi, false, WINDOW);
    uint8_t next_header = inner[0] >> 4 == 6 ? PROTOCOL_IPV6 : PROTOCOL_IPV4;
    uint32_t before = RVL_ESP_HEADER + rig->suite.shape.iv_octets;
    uint8_t *plain;

    memcpy(work, esp, octets);
    g_assert_cmpint(esp_rig_open(rig, work, (uint32_t)octets, 0), ==, RVL_DROP_NONE);
    g_assert_cmpmem(rig->in->in[0].inner, rig->in->in[0].view.octets, inner, n);

    plain = esp_out_add(rig->out, rig->out_sa, rig->route, load32(esp + 4), (uint32_t)n,
                        next_header, 0);
    memcpy(plain, inner, n);
    g_assert_cmpuint(rig->out->used, ==, octets);
    g_assert_cmpmem(rig->out->arena, RVL_ESP_HEADER, esp, RVL_ESP_HEADER);
    g_assert_cmpmem(plain, rig->out->packets[0].octets, work + before,
                    octets - before - rig->suite.shape.icv_octets);
}

static void
published_packets_fit(gconstpointer data)
{
    const BuiltBackend *backend = data;
    const char *const files[] = {"esp-packets/dpdk_esp_ah.json", "rfc/packets.json"};
    unsigned n = 0;

    for (size_t f = 0; f < G_N_ELEMENTS(files); f++) {
        g_autoptr(GBytes) octets = rvl_test_vectors_read(files[f]);
        g_autoptr(JsonParser) parser = json_parser_new();
        g_autoptr(GError) error = NULL;
        JsonArray *vectors;

        if (octets == NULL)
            return;
        json_parser_load_from_data(parser, g_bytes_get_data(octets, NULL),
                                   (gssize)g_bytes_get_size(octets), &error);
        g_assert_no_error(error);
        vectors = json_object_get_array_member(json_node_get_object(json_parser_get_root(parser)),
                                               "vectors");
        for (guint i = 0; i < json_array_get_length(vectors); i++) {
            Published p = {0};

            if (!read_published(json_array_get_object_element(vectors, i), &p))
                continue;
            published_packet_fits(backend, &p);
            clear_published(&p);
            n++;
        }
    }
    g_test_message("%u packets", n);
    g_assert_cmpuint(n, ==, G_N_ELEMENTS(published));
}

int
main(int argc, char **argv)
{
    size_t n_backends;
    BuiltBackend *backends = built_backends(&n_backends);
    static const struct {
        const char *name;
        GTestDataFunc function;
    } cases[] = {
        {"every-length-survives", every_length_survives},
        {"any-flipped-bit-is-dropped", any_flipped_bit_is_dropped},
        {"repeated-numbers-are-dropped", repeated_numbers_are_dropped},
        {"esn-crosses-the-boundary", esn_crosses_the_boundary},
        {"authentic-oddities-end-as-they-must", authentic_oddities_end_as_they_must},
        {"tfc-padding-is-tolerated", tfc_padding_is_tolerated},
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t b = 0; b < n_backends; b++) {
        g_autofree char *path =
            g_strdup_printf("/userspace/esp/%s/published-packets-fit", backends[b].backend->name);

        g_test_add_data_func(path, &backends[b], published_packets_fit);
        for (size_t s = 0; s < n_test_suites; s++) {
            for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *name =
                    g_strdup_printf("/userspace/esp/%s/%s/%s", backends[b].backend->name,
                                    test_suites[s].word, cases[i].name);
                Pair *pair = g_new(Pair, 1);

                *pair = (Pair){&backends[b], &test_suites[s]};
                g_test_add_data_func_full(name, pair, cases[i].function, g_free);
            }
        }
    }
    return g_test_run();
}
