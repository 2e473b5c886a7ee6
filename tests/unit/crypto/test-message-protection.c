/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SK payloads: sealed, opened, touched; and those of other implementations whose keys are known. */
#include "config.h"

#include "crypto/message-protection.h"

#include <string.h>

#include <json-glib/json-glib.h>
#include <ravelin/error.h>

#include "fixture.h"
#include "support/capture.h"
#include "support/hex.h"
#include "support/vectors.h"
#include "wire/message.h"

#define CAPTURES "captures/wireshark"

/* The suites of these tests, and what the file of keys calls them. */
static const struct {
    const char *encr_word;
    const char *integ_word;
    RvlTransform encr;
    RvlTransform integ;
} suites[] = {
    {"AES-GCM-256 with 16 octet ICV [RFC5282]",
     "NONE [RFC4306]",
     {RVL_TRANSFORM_ENCR, FIXTURE_ENCR_GCM16, 256},
     {RVL_TRANSFORM_INTEG, RVL_TRANSFORM_ID_NONE, 0}},
    {"AES-CBC-256 [RFC3602]",
     "HMAC_SHA2_256_128 [RFC4868]",
     {RVL_TRANSFORM_ENCR, FIXTURE_ENCR_CBC, 256},
     {RVL_TRANSFORM_INTEG, FIXTURE_INTEG_SHA256, 0}},
    {NULL,
     NULL,
     {RVL_TRANSFORM_ENCR, FIXTURE_ENCR_CHACHA20, 0},
     {RVL_TRANSFORM_INTEG, RVL_TRANSFORM_ID_NONE, 0}},
};
#define N_CAPTURED 2 /* the first of them: those that captures use */
#define CHACHA20 2

static RvlSecret *
secret_from_hex(const char *hex)
{
    g_autoptr(GBytes) octets = rvl_test_unhex(hex);

    return rvl_secret_new_copy(g_bytes_get_data(octets, NULL), g_bytes_get_size(octets));
}

/* Both ends of one IKE SA, on one thread. */
typedef struct {
    Fixture fixture;
    RvlMessageProtector *protector;
    RvlIkeKeys keys;
    RvlMessageKeys initiator;
    RvlMessageKeys responder;
} Ends;

static void
ends_clear(Ends *ends)
{
    rvl_message_keys_clear(&ends->initiator, ends->protector);
    rvl_message_keys_clear(&ends->responder, ends->protector);
    rvl_ike_keys_clear(&ends->keys);
    g_clear_pointer(&ends->protector, rvl_message_protector_free);
    fixture_clear(&ends->fixture);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Ends, ends_clear)

/* Takes over @keys. */
static void
ends_init(Ends *ends, size_t backend, size_t suite, RvlIkeKeys *keys)
{
    g_autoptr(GError) error = NULL;

    ends->keys = *keys;
    *keys = (RvlIkeKeys){0};
    fixture_init(&ends->fixture, backend);
    ends->protector = rvl_message_protector_new(ends->fixture.crypto);
    g_assert_true(rvl_message_keys_init(&ends->initiator, ends->protector, &suites[suite].encr,
                                        &suites[suite].integ, &ends->keys, true, &error));
    g_assert_true(rvl_message_keys_init(&ends->responder, ends->protector, &suites[suite].encr,
                                        &suites[suite].integ, &ends->keys, false, &error));
    g_assert_no_error(error);
}

/* Keys of a suite that are as good as any. */
static RvlIkeKeys
some_keys(size_t suite)
{
    static const char lots[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.";
    gboolean is_combined = suites[suite].integ.id == RVL_TRANSFORM_ID_NONE;
    size_t encr = is_combined ? 36 : 32, integ = is_combined ? 0 : 32;

    return (RvlIkeKeys){
        .sk_ei = rvl_secret_new_copy(lots, encr),
        .sk_er = rvl_secret_new_copy(lots + 1, encr),
        .sk_ai = rvl_secret_new_copy(lots + 2, integ),
        .sk_ar = rvl_secret_new_copy(lots + 3, integ),
    };
}

static const RvlIsakmpHeader header = {
    .initiator_spi = 0x0102030405060708,
    .responder_spi = 0x1112131415161718,
    .version = RVL_IKE_VERSION_2,
    .exchange = RVL_EXCHANGE_INFORMATIONAL,
    .flags = RVL_IKE_FLAG_INITIATOR,
    .message_id = 2,
};

/* A notify, sealed by @keys. */
static GBytes *
seal(Ends *ends, RvlMessageKeys *keys, uint16_t fragment)
{
    static const uint8_t content[] = {0, 0, 0, 8, 0, 0, 0x40, 0};
    g_auto(RvlEncryptedFrame) frame = {0};
    g_autoptr(GError) error = NULL;
    RvlEncryptedShape shape;

    rvl_message_keys_shape(keys, &shape);
    g_assert_true(rvl_encrypted_frame_init(&frame, &header, &shape, RVL_PAYLOAD_NOTIFY, fragment,
                                           fragment, RVL_OCTETS(content, sizeof content), &error));
    g_assert_true(rvl_message_seal(ends->protector, keys, &frame, &error));
    g_assert_no_error(error);
    return rvl_encrypted_frame_steal(&frame);
}

/* Finds what is encrypted in @octets. */
static bool
find_encrypted(const RvlMessageKeys *keys,
               RvlOctets octets,
               RvlIsakmpHeader *parsed,
               RvlEncryptedLayout *layout,
               GError **error)
{
    RvlEncryptedShape shape;
    RvlPayload payload;

    rvl_message_keys_shape(keys, &shape);
    return rvl_isakmp_header_parse(octets.data, octets.size, parsed, error) &&
           rvl_encrypted_find(octets.data, octets.size, &payload, error) &&
           rvl_encrypted_layout(&payload, &shape, layout, error);
}

/* Opens a copy of @octets; returns what it held, or NULL with @error. */
static RvlMessage *
open_message(RvlMessageProtector *protector,
             const RvlMessageKeys *keys,
             RvlOctets octets,
             GError **error)
{
    g_autofree uint8_t *copy = g_memdup2(octets.data, octets.size);
    RvlEncryptedLayout layout;
    RvlIsakmpHeader parsed;
    size_t content;

    if (!find_encrypted(keys, RVL_OCTETS(copy, octets.size), &parsed, &layout, error) ||
        !rvl_message_open(protector, keys, copy, &layout, error) ||
        !rvl_encrypted_strip(copy + layout.ciphertext, layout.ciphertext_octets, &content, error))
        return NULL;
    return rvl_message_parse_inner(&parsed, layout.first, copy + layout.ciphertext, content,
                                   layout.ciphertext, error);
}

static void
what_one_end_seals_the_other_opens(gconstpointer data)
{
    for (size_t suite = 0; suite < G_N_ELEMENTS(suites); suite++) {
        RvlIkeKeys keys = some_keys(suite);
        g_auto(Ends) ends = {0};

        ends_init(&ends, GPOINTER_TO_SIZE(data), suite, &keys);
        for (uint16_t fragment = 0; fragment <= 1; fragment++) {
            g_autoptr(GBytes) octets = seal(&ends, &ends.initiator, fragment);
            g_autoptr(GError) error = NULL;
            g_autoptr(RvlMessage) message = open_message(ends.protector, &ends.responder,
                                                         rvl_octets_from_bytes(octets), &error);

            g_assert_no_error(error);
            g_assert_cmpuint(message->payloads[0].notify.type, ==, 16384);
        }
    }
}

/* What an end seals with its own key, it doesn't take from the peer: reflection (2.2's direction). */
static void
own_messages_are_not_opened(gconstpointer data)
{
    for (size_t suite = 0; suite < G_N_ELEMENTS(suites); suite++) {
        RvlIkeKeys keys = some_keys(suite);
        g_auto(Ends) ends = {0};
        g_autoptr(GError) error = NULL;

        ends_init(&ends, GPOINTER_TO_SIZE(data), suite, &keys);
        g_autoptr(GBytes) octets = seal(&ends, &ends.responder, 0);

        g_assert_null(
            open_message(ends.protector, &ends.responder, rvl_octets_from_bytes(octets), &error));
        g_assert_error(error, RVL_ERROR, RVL_CAUSE_MESSAGE_FORGED);
    }
}

static void
ivs_never_repeat(gconstpointer data)
{
    for (size_t suite = 0; suite < G_N_ELEMENTS(suites); suite++) {
        RvlIkeKeys keys = some_keys(suite);
        g_auto(Ends) ends = {0};
        g_autoptr(GHashTable) seen =
            g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
        RvlEncryptedShape shape;

        ends_init(&ends, GPOINTER_TO_SIZE(data), suite, &keys);
        rvl_message_keys_shape(&ends.initiator, &shape);
        for (int i = 0; i < 200; i++) {
            g_autoptr(GBytes) octets = seal(&ends, &ends.initiator, 0);

            g_assert_true(
                g_hash_table_add(seen, g_bytes_new_from_bytes(octets, RVL_ISAKMP_HEADER_OCTETS + 4,
                                                              shape.iv_octets)));
        }
        g_assert_cmpuint(ends.initiator.sequence, ==, 201);
    }
}

static void
last_sequence_number_is_not_used(gconstpointer data)
{
    RvlIkeKeys keys = some_keys(0);
    g_auto(Ends) ends = {0};
    g_auto(RvlEncryptedFrame) frame = {0};
    g_autoptr(GError) error = NULL;
    RvlEncryptedShape shape;

    ends_init(&ends, GPOINTER_TO_SIZE(data), 0, &keys);
    rvl_message_keys_shape(&ends.initiator, &shape);
    ends.initiator.sequence = UINT64_MAX;
    g_assert_true(
        rvl_encrypted_frame_init(&frame, &header, &shape, 0, 0, 0, RVL_OCTETS_NONE, &error));
    g_assert_false(rvl_message_seal(ends.protector, &ends.initiator, &frame, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_SEQUENCE_EXHAUSTED);
}

/* Where a flipped bit left something to open, what refuses it is the integrity check, and nothing that comes later. */
static bool
is_forged(const Ends *ends, RvlOctets octets)
{
    g_autofree uint8_t *copy = g_memdup2(octets.data, octets.size);
    g_autoptr(GError) error = NULL;
    RvlEncryptedLayout layout;
    RvlIsakmpHeader parsed;

    if (!find_encrypted(&ends->responder, RVL_OCTETS(copy, octets.size), &parsed, &layout, NULL))
        return false;
    g_assert_false(rvl_message_open(ends->protector, &ends->responder, copy, &layout, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_MESSAGE_FORGED);
    return true;
}

/* No bit of a message can be changed: header, payload header, fragment numbers, IV, ciphertext, ICV. */
static void
every_flipped_bit_is_noticed(gconstpointer data)
{
    for (size_t suite = 0; suite < G_N_ELEMENTS(suites); suite++) {
        RvlIkeKeys keys = some_keys(suite);
        g_auto(Ends) ends = {0};

        ends_init(&ends, GPOINTER_TO_SIZE(data), suite, &keys);
        for (uint16_t fragment = 0; fragment <= 1; fragment++) {
            g_autoptr(GBytes) octets = seal(&ends, &ends.initiator, fragment);
            size_t size = g_bytes_get_size(octets);
            g_autofree uint8_t *copy = g_memdup2(g_bytes_get_data(octets, NULL), size);
            size_t forged = 0;

            for (size_t bit = 0; bit < size * 8; bit++) {
                g_autoptr(GError) error = NULL;

                copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
                g_assert_null(
                    open_message(ends.protector, &ends.responder, RVL_OCTETS(copy, size), &error));
                g_assert_nonnull(error);
                forged += is_forged(&ends, RVL_OCTETS(copy, size));
                copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
            }
            /* all but some of those that say where the encrypted payload lies */
            g_assert_cmpuint(forged, >=, (size - RVL_ISAKMP_HEADER_OCTETS) * 8);
        }
    }
}

static void
combined_cipher_takes_no_mac(gconstpointer data)
{
    RvlIkeKeys keys = some_keys(0);
    g_auto(Ends) ends = {0};
    g_autoptr(GError) error = NULL;
    RvlMessageKeys refused;

    ends_init(&ends, GPOINTER_TO_SIZE(data), 0, &keys);
    g_assert_false(rvl_message_keys_init(&refused, ends.protector, &suites[0].encr,
                                         &suites[1].integ, &ends.keys, true, &error));
    g_assert_nonnull(error);
    g_clear_error(&error);
    g_assert_false(rvl_message_keys_init(&refused, ends.protector, &suites[1].encr,
                                         &suites[0].integ, &ends.keys, true, &error));
    g_assert_nonnull(error);
    g_assert_null(refused.protection);
}

static JsonArray *
read_captures(JsonParser *parser)
{
    g_autoptr(GBytes) octets = rvl_test_vectors_read(CAPTURES "/keys.json");
    g_autoptr(GError) error = NULL;

    if (octets == NULL)
        return NULL;
    json_parser_load_from_data(parser, g_bytes_get_data(octets, NULL),
                               (gssize)g_bytes_get_size(octets), &error);
    g_assert_no_error(error);
    return json_object_get_array_member(json_node_get_object(json_parser_get_root(parser)),
                                        "captures");
}

static const char *
text_of(JsonObject *row, const char *name)
{
    return json_object_has_member(row, name) ? json_object_get_string_member(row, name) : "";
}

/* Index of the suite that @row names; N_CAPTURED for one that isn't of these tests. */
static size_t
suite_of(JsonObject *row)
{
    size_t i = 0;

    while (i < N_CAPTURED && (strcmp(text_of(row, "encr"), suites[i].encr_word) != 0 ||
                              strcmp(text_of(row, "integ"), suites[i].integ_word) != 0))
        i++;
    return i;
}

static RvlIkeKeys
keys_of(JsonObject *row)
{
    return (RvlIkeKeys){
        .sk_ei = secret_from_hex(text_of(row, "sk_ei")),
        .sk_er = secret_from_hex(text_of(row, "sk_er")),
        .sk_ai = secret_from_hex(text_of(row, "sk_ai")),
        .sk_ar = secret_from_hex(text_of(row, "sk_ar")),
    };
}

/* Opens all protected messages of @row's SA; counts them, and those with the AUTH data expected. */
static void
open_capture(const Ends *ends, JsonObject *row, guint *n_opened, guint *n_auth)
{
    g_autofree char *path = g_build_filename(CAPTURES, text_of(row, "file"), NULL);
    g_autoptr(GBytes) file = rvl_test_vectors_read(path);
    g_autoptr(RvlTestCapture) capture = rvl_test_capture_read(file);

    for (guint i = 0; i < capture->datagrams->len; i++) {
        RvlOctets ike =
            rvl_test_datagram_ike(&g_array_index(capture->datagrams, RvlTestDatagram, i));
        g_autoptr(GError) error = NULL;
        RvlIsakmpHeader outer;

        if (!rvl_isakmp_header_parse(ike.data, ike.size, &outer, NULL) ||
            (outer.next_payload != RVL_PAYLOAD_SK && outer.next_payload != RVL_PAYLOAD_SKF))
            continue;
        g_autoptr(RvlMessage) message = open_message(
            ends->protector,
            rvl_isakmp_header_is_from_initiator(&outer) ? &ends->responder : &ends->initiator, ike,
            &error);

        g_assert_no_error(error);
        (*n_opened)++;
        const RvlPayload *auth = rvl_message_find(message, RVL_PAYLOAD_AUTH);
        g_autofree char *hex = auth != NULL ? rvl_test_hex(auth->auth.data) : NULL;

        *n_auth += g_strcmp0(hex, text_of(row, "expected_auth_or_hash")) == 0;
    }
}

static void
captured_messages_open(gconstpointer data)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    JsonArray *rows = read_captures(parser);
    guint n_captures = 0;

    for (guint i = 0; rows != NULL && i < json_array_get_length(rows); i++) {
        JsonObject *row = json_array_get_object_element(rows, i);
        guint n_opened = 0, n_auth = 0;
        g_auto(Ends) ends = {0};

        if (suite_of(row) == N_CAPTURED)
            continue;
        RvlIkeKeys keys = keys_of(row);

        ends_init(&ends, GPOINTER_TO_SIZE(data), suite_of(row), &keys);
        open_capture(&ends, row, &n_opened, &n_auth);
        g_test_message("%s: %u messages opened", text_of(row, "file"), n_opened);
        g_assert_cmpuint(n_opened, >=, 2);
        g_assert_cmpuint(n_auth, ==, 1);
        n_captures++;
    }
    if (rows != NULL)
        g_assert_cmpuint(n_captures, ==, N_CAPTURED);
}

/* RFC 7634 Appendix B: an INFORMATIONAL message from the responder. */
#define RFC_7634_HEAD "c0c1c2c3c4c5c6c7d0d1d2d3d4d5d6d72e202500000000090000004529000029"
#define RFC_7634_IV "1011121314151617"
#define RFC_7634_CIPHERTEXT "610394701f8d017f7c129248896b71bfe25236efd7cdc67066906315b2"
#define RFC_7634_CONTENT "0000000c000040010000000a"

static RvlIkeKeys
keys_of_rfc_7634(void)
{
    return (RvlIkeKeys){
        .sk_ei =
            secret_from_hex("000000000000000000000000000000000000000000000000000000000000000000"
                            "000000"),
        .sk_er = secret_from_hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"
                                 "a0a1a2a3"),
        .sk_ai = rvl_secret_new(0),
        .sk_ar = rvl_secret_new(0),
    };
}

static void
message_of_rfc_7634_comes_out(gconstpointer data)
{
    RvlIkeKeys keys = keys_of_rfc_7634();
    g_auto(Ends) ends = {0};
    g_autoptr(GBytes) content = rvl_test_unhex(RFC_7634_CONTENT);
    g_auto(RvlEncryptedFrame) frame = {0};
    g_autoptr(GError) error = NULL;
    RvlIsakmpHeader responder = {
        .initiator_spi = 0xc0c1c2c3c4c5c6c7,
        .responder_spi = 0xd0d1d2d3d4d5d6d7,
        .version = RVL_IKE_VERSION_2,
        .exchange = RVL_EXCHANGE_INFORMATIONAL,
        .message_id = 9,
    };
    RvlEncryptedShape shape;

    ends_init(&ends, GPOINTER_TO_SIZE(data), CHACHA20, &keys);
    rvl_message_keys_shape(&ends.responder, &shape);
    ends.responder.sequence = 0x1011121314151617;
    g_assert_true(rvl_encrypted_frame_init(&frame, &responder, &shape, RVL_PAYLOAD_NOTIFY, 0, 0,
                                           rvl_octets_from_bytes(content), &error));
    g_assert_true(rvl_message_seal(ends.protector, &ends.responder, &frame, &error));
    rvl_test_assert_hex(RVL_OCTETS(frame.octets, frame.size),
                        RFC_7634_HEAD RFC_7634_IV RFC_7634_CIPHERTEXT);
    g_autoptr(RvlMessage) message =
        open_message(ends.protector, &ends.initiator, RVL_OCTETS(frame.octets, frame.size), &error);

    g_assert_no_error(error);
    g_assert_cmpuint(message->payloads[0].notify.type, ==, 16385);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        GTestDataFunc run;
    } cases[] = {
        {"what-one-end-seals-the-other-opens", what_one_end_seals_the_other_opens},
        {"own-messages-are-not-opened", own_messages_are_not_opened},
        {"ivs-never-repeat", ivs_never_repeat},
        {"last-sequence-number-is-not-used", last_sequence_number_is_not_used},
        {"every-flipped-bit-is-noticed", every_flipped_bit_is_noticed},
        {"combined-cipher-takes-no-mac", combined_cipher_takes_no_mac},
        {"captured-messages-open", captured_messages_open},
        {"message-of-rfc-7634-comes-out", message_of_rfc_7634_comes_out},
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        fixture_add_cases("/crypto/message-protection", cases[i].name, cases[i].run);
    return g_test_run();
}
