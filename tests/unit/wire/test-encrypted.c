/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SK and SKF frames: laid out, found again, cut to size. */
#include "config.h"

#include "wire/encrypted.h"

#include <string.h>

#include <ravelin/error.h>
#include "support/hex.h"
#include "wire/message.h"

#define OCTETS(text) RVL_OCTETS(text, strlen(text))

static const RvlEncryptedShape gcm = {.iv_octets = 8, .icv_octets = 16, .alignment = 1};
static const RvlEncryptedShape cbc = {.iv_octets = 16, .icv_octets = 12, .alignment = 16};

static const RvlIsakmpHeader header = {
    .initiator_spi = 0x0102030405060708,
    .responder_spi = 0x1112131415161718,
    .version = RVL_IKE_VERSION_2,
    .exchange = RVL_EXCHANGE_IKE_AUTH,
    .flags = RVL_IKE_FLAG_INITIATOR,
    .message_id = 1,
};

static void
frame_of_aead_is_what_the_rfc_draws(void)
{
    g_auto(RvlEncryptedFrame) frame = {0};
    g_autoptr(GError) error = NULL;

    g_assert_true(rvl_encrypted_frame_init(&frame, &header, &gcm, RVL_PAYLOAD_IDI, 0, 0,
                                           OCTETS("\xaa\xbb\xcc"), &error));
    g_assert_no_error(error);
    /* header | next IDi, length | IV | content | pad length | ICV */
    rvl_test_assert_hex(RVL_OCTETS(frame.octets, frame.size), "01020304050607081112131415161718"
                                                              "2e202308000000010000003c"
                                                              "23000020"
                                                              "0000000000000000"
                                                              "aabbcc"
                                                              "00"
                                                              "00000000000000000000000000000000");
    g_assert_cmpuint(frame.layout.payload, ==, 28);
    g_assert_cmpuint(frame.layout.aad, ==, 32);
    g_assert_cmpuint(frame.layout.iv, ==, 32);
    g_assert_cmpuint(frame.layout.ciphertext, ==, 40);
    g_assert_cmpuint(frame.layout.ciphertext_octets, ==, 4);
    g_assert_cmpuint(frame.layout.icv, ==, 44);
}

static void
fragment_carries_number_and_total(void)
{
    g_auto(RvlEncryptedFrame) first = {0};
    g_auto(RvlEncryptedFrame) second = {0};
    g_autoptr(GError) error = NULL;

    g_assert_true(rvl_encrypted_frame_init(&first, &header, &gcm, RVL_PAYLOAD_IDI, 1, 2,
                                           OCTETS("a"), &error));
    g_assert_true(rvl_encrypted_frame_init(&second, &header, &gcm, RVL_PAYLOAD_IDI, 2, 2,
                                           OCTETS("b"), &error));
    g_assert_no_error(error);
    rvl_test_assert_hex(RVL_OCTETS(first.octets + 16, 24), "35202308"
                                                           "00000001"
                                                           "0000003e"
                                                           "23000022"
                                                           "00010002"
                                                           "00000000");
    /* next payload is that of the first fragment alone (RFC 7383 2.5) */
    rvl_test_assert_hex(RVL_OCTETS(second.octets + 28, 8), "0000002200020002");
    g_assert_cmpuint(first.layout.aad, ==, 36);
}

static void
assert_same(const RvlEncryptedLayout *a, const RvlEncryptedLayout *b)
{
    g_assert_cmpuint(a->type, ==, b->type);
    g_assert_cmpuint(a->first, ==, b->first);
    g_assert_cmpuint(a->fragment, ==, b->fragment);
    g_assert_cmpuint(a->n_fragments, ==, b->n_fragments);
    g_assert_cmpuint(a->payload, ==, b->payload);
    g_assert_cmpuint(a->aad, ==, b->aad);
    g_assert_cmpuint(a->iv, ==, b->iv);
    g_assert_cmpuint(a->ciphertext, ==, b->ciphertext);
    g_assert_cmpuint(a->ciphertext_octets, ==, b->ciphertext_octets);
    g_assert_cmpuint(a->icv, ==, b->icv);
}

/* Each content length is found again by what a receiver does, under both kinds of suite. */
static void
frames_are_found_again(gconstpointer data)
{
    const RvlEncryptedShape *shape = data;
    guint8 content[64];

    memset(content, 0x5a, sizeof content);
    for (gsize size = 0; size <= sizeof content; size++) {
        for (guint16 n_fragments = 0; n_fragments <= 1; n_fragments++) {
            g_auto(RvlEncryptedFrame) frame = {0};
            g_autoptr(GError) error = NULL;
            RvlEncryptedLayout layout;
            RvlPayload payload;
            gsize content_octets;

            g_assert_true(rvl_encrypted_frame_init(&frame, &header, shape, RVL_PAYLOAD_NOTIFY,
                                                   n_fragments, n_fragments,
                                                   RVL_OCTETS(content, size), &error));
            g_assert_true(rvl_encrypted_find(frame.octets, frame.size, &payload, &error));
            g_assert_true(rvl_encrypted_layout(&payload, shape, &layout, &error));
            g_assert_no_error(error);
            assert_same(&layout, &frame.layout);
            g_assert_cmpuint(layout.icv + shape->icv_octets, ==, frame.size);
            g_assert_true(rvl_encrypted_strip(frame.octets + layout.ciphertext,
                                              layout.ciphertext_octets, &content_octets, &error));
            g_assert_cmpuint(content_octets, ==, size);
            g_assert_cmpmem(frame.octets + layout.ciphertext, size, content, size);
        }
    }
}

/* What rvl_encrypted_room() promises fits, and one octet more doesn't. */
static void
room_is_exact(gconstpointer data)
{
    const RvlEncryptedShape *shape = data;
    const guint8 content[1500] = {0};

    for (gsize most = 0; most < 400; most++) {
        for (guint16 n_fragments = 0; n_fragments <= 1; n_fragments++) {
            RvlPayloadType type = n_fragments == 0 ? RVL_PAYLOAD_SK : RVL_PAYLOAD_SKF;
            gsize room = rvl_encrypted_room(type, shape, most);

            for (gsize over = 0; over <= 1; over++) {
                g_auto(RvlEncryptedFrame) frame = {0};
                g_autoptr(GError) error = NULL;

                g_assert_true(rvl_encrypted_frame_init(&frame, &header, shape, 0, n_fragments,
                                                       n_fragments,
                                                       RVL_OCTETS(content, room + over), &error));
                if (room != 0)
                    g_assert_cmpint(frame.size <= most, ==, over == 0);
            }
        }
    }
}

static void
too_long_content_is_refused(void)
{
    g_autofree guint8 *content = g_malloc0(RVL_IKE_MESSAGE_MAX_OCTETS);
    g_auto(RvlEncryptedFrame) frame = {0};
    g_autoptr(GError) error = NULL;
    gsize room = rvl_encrypted_room(RVL_PAYLOAD_SK, &cbc, RVL_IKE_MESSAGE_MAX_OCTETS);

    g_assert_true(rvl_encrypted_frame_init(&frame, &header, &cbc, 0, 0, 0,
                                           RVL_OCTETS(content, room), &error));
    rvl_encrypted_frame_clear(&frame);
    g_assert_false(rvl_encrypted_frame_init(&frame, &header, &cbc, 0, 0, 0,
                                            RVL_OCTETS(content, room + 1), &error));
    g_assert_nonnull(error);
}

static void
padding_longer_than_content_is_refused(void)
{
    const guint8 octets[] = {0, 0, 0, 3}, lie[] = {0, 0, 0, 4};
    g_autoptr(GError) error = NULL;
    gsize content_octets;

    g_assert_true(rvl_encrypted_strip(octets, sizeof octets, &content_octets, &error));
    g_assert_cmpuint(content_octets, ==, 0);
    g_assert_false(rvl_encrypted_strip(lie, sizeof lie, &content_octets, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_MESSAGE_MALFORMED);
    g_clear_error(&error);
    g_assert_false(rvl_encrypted_strip(lie, 0, &content_octets, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_MESSAGE_MALFORMED);
}

#define HEAD "0102030405060708 1112131415161718 "

static const struct {
    const char *name;
    const char *hex;
    gsize offset;
} refused[] = {
    {"no-encrypted-payload", HEAD "2b 20 23 08 00000001 00000020 00000004", 32},
    {"no-payload", HEAD "00 20 23 08 00000001 0000001c", 28},
    {"octets-behind-it", HEAD "2e 20 23 08 00000001 00000024 00000004 00000000", 32},
    {"its-length-past-the-end", HEAD "2e 20 23 08 00000001 00000020 00000005", 30},
    {"fragment-zero", HEAD "35 20 23 08 00000001 00000024 00000008 00000001", 32},
    {"fragment-past-total", HEAD "35 20 23 08 00000001 00000024 00000008 00030002", 32},
    {"fragment-without-numbers", HEAD "35 20 23 08 00000001 00000022 00000006 0001", 34},
    {"too-short-for-suite", HEAD "2e 20 23 08 00000001 00000024 00000008 00000000", 30},
    {"no-multiple-of-block",
     HEAD "2e 20 23 08 00000001 0000004d 00000031 000000000000000000000000000000000000000000000000"
          "000000000000000000000000000000000000000000",
     48},
};

static void
frame_is_refused(gconstpointer data)
{
    const typeof(refused[0]) *c = data;
    g_autoptr(GBytes) octets = rvl_test_unhex(c->hex);
    g_autoptr(GError) error = NULL;
    RvlEncryptedLayout layout;
    RvlPayload payload;

    g_assert_false(rvl_encrypted_find(g_bytes_get_data(octets, NULL), g_bytes_get_size(octets),
                                      &payload, &error) &&
                   rvl_encrypted_layout(&payload, &cbc, &layout, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_MESSAGE_MALFORMED);
    g_assert_cmpuint(rvl_error_offset(error), ==, c->offset);
}

/* What stands before SK isn't looked into: it may be anything with a length. */
static void
payloads_before_it_are_passed_over(void)
{
    g_autoptr(GBytes) octets =
        rvl_test_unhex(HEAD "c8 20 23 08 00000001 00000026 2e800006 ffff 00000004");
    g_autoptr(GError) error = NULL;
    RvlPayload payload;

    g_assert_true(rvl_encrypted_find(g_bytes_get_data(octets, NULL), g_bytes_get_size(octets),
                                     &payload, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(payload.offset, ==, 34);
    g_assert_cmpuint(payload.type, ==, RVL_PAYLOAD_SK);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/encrypted/frame-of-aead-is-what-the-rfc-draws",
                    frame_of_aead_is_what_the_rfc_draws);
    g_test_add_func("/wire/encrypted/fragment-carries-number-and-total",
                    fragment_carries_number_and_total);
    g_test_add_data_func("/wire/encrypted/frames-are-found-again/aead", &gcm,
                         frames_are_found_again);
    g_test_add_data_func("/wire/encrypted/frames-are-found-again/block-cipher", &cbc,
                         frames_are_found_again);
    g_test_add_data_func("/wire/encrypted/room-is-exact/aead", &gcm, room_is_exact);
    g_test_add_data_func("/wire/encrypted/room-is-exact/block-cipher", &cbc, room_is_exact);
    g_test_add_func("/wire/encrypted/too-long-content-is-refused", too_long_content_is_refused);
    g_test_add_func("/wire/encrypted/padding-longer-than-content-is-refused",
                    padding_longer_than_content_is_refused);
    g_test_add_func("/wire/encrypted/payloads-before-it-are-passed-over",
                    payloads_before_it_are_passed_over);
    for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autofree char *name = g_strconcat("/wire/encrypted/refused/", refused[i].name, NULL);

        g_test_add_data_func(name, &refused[i], frame_is_refused);
    }
    return g_test_run();
}
