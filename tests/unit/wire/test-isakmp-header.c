/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ISAKMP header: what it says must be true before anything else is read. */
#include "config.h"

#include "wire/isakmp-header.h"

#include <string.h>

#include <ravelin/error.h>
#include "support/hex.h"
#include "wire/message.h"

#define GENUINE "0102030405060708 1112131415161718 21 20 22 08 00000000 0000001c"

static void
header_comes_back(void)
{
    g_autoptr(GBytes) octets = rvl_test_unhex(GENUINE);
    g_autoptr(RvlWriter) writer = rvl_writer_new(RVL_ISAKMP_HEADER_OCTETS);
    g_autoptr(GError) error = NULL;
    RvlIsakmpHeader header;

    g_assert_true(rvl_isakmp_header_parse(g_bytes_get_data(octets, NULL), 28, &header, &error));
    g_assert_no_error(error);
    g_assert_cmphex(header.initiator_spi, ==, 0x0102030405060708);
    g_assert_cmphex(header.responder_spi, ==, 0x1112131415161718);
    g_assert_cmpuint(header.next_payload, ==, RVL_PAYLOAD_SA);
    g_assert_cmpuint(rvl_isakmp_header_major(&header), ==, 2);
    g_assert_cmpuint(header.exchange, ==, RVL_EXCHANGE_IKE_SA_INIT);
    g_assert_true(rvl_isakmp_header_is_from_initiator(&header));
    g_assert_false(rvl_isakmp_header_is_response(&header));
    rvl_isakmp_header_write(writer, &header);
    g_assert_cmpmem(rvl_writer_peek(writer), rvl_writer_size(writer),
                    g_bytes_get_data(octets, NULL), 28);
}

/* No length below the header's reads past the buffer: each has memory of its own size. */
static void
every_short_datagram_is_refused(void)
{
    g_autoptr(GBytes) octets = rvl_test_unhex(GENUINE);

    for (gsize size = 0; size < RVL_ISAKMP_HEADER_OCTETS; size++) {
        g_autofree guint8 *copy = g_memdup2(g_bytes_get_data(octets, NULL), MAX(size, 1));
        g_autoptr(GError) error = NULL;
        RvlIsakmpHeader header;

        g_assert_false(rvl_isakmp_header_parse(copy, size, &header, &error));
        g_assert_error(error, RVL_ERROR, RVL_CAUSE_MESSAGE_MALFORMED);
        g_assert_cmpuint(header.initiator_spi, ==, 0);
    }
}

static const struct {
    const char *name;
    const char *hex;
    RvlCause cause;
    gsize offset;
} refused[] = {
    {"length-below-datagram", "0102030405060708 1112131415161718 21 20 22 08 00000000 0000001b",
     RVL_CAUSE_MESSAGE_MALFORMED, 24},
    {"length-above-datagram", "0102030405060708 1112131415161718 21 20 22 08 00000000 0000001d",
     RVL_CAUSE_MESSAGE_MALFORMED, 24},
    {"length-huge", "0102030405060708 1112131415161718 21 20 22 08 00000000 ffffffff",
     RVL_CAUSE_MESSAGE_MALFORMED, 24},
    {"octets-behind-the-message",
     "0102030405060708 1112131415161718 00 20 22 08 00000000 0000001c 00000000",
     RVL_CAUSE_MESSAGE_MALFORMED, 24},
    {"version-zero", "0102030405060708 1112131415161718 21 02 22 08 00000000 0000001c",
     RVL_CAUSE_MESSAGE_MALFORMED, 17},
    {"version-three", "0102030405060708 1112131415161718 21 30 22 08 00000000 0000001c",
     RVL_CAUSE_VERSION_MISMATCH, 17},
};

static void
header_is_refused(gconstpointer data)
{
    const typeof(refused[0]) *c = data;
    g_autoptr(GBytes) octets = rvl_test_unhex(c->hex);
    g_autoptr(GError) error = NULL;
    RvlIsakmpHeader header;

    g_assert_false(rvl_isakmp_header_parse(g_bytes_get_data(octets, NULL), g_bytes_get_size(octets),
                                           &header, &error));
    g_assert_error(error, RVL_ERROR, (gint)c->cause);
    g_assert_cmpuint(rvl_error_offset(error), ==, c->offset);
    /* INVALID_MAJOR_VERSION is answered with the SPIs that came (RFC 7296 2.5) */
    g_assert_cmphex(header.initiator_spi, ==,
                    c->cause == RVL_CAUSE_VERSION_MISMATCH ? 0x0102030405060708 : 0);
}

static void
minor_version_and_unknown_flags_are_ignored(void)
{
    g_autoptr(GBytes) octets =
        rvl_test_unhex("0102030405060708 1112131415161718 00 2f 25 ff 00000001 0000001c");
    g_autoptr(GError) error = NULL;
    g_autoptr(RvlMessage) message = rvl_message_parse(g_bytes_get_data(octets, NULL), 28, &error);

    g_assert_no_error(error);
    g_assert_true(rvl_isakmp_header_is_response(&message->header));
    g_assert_cmpuint(message->n_payloads, ==, 0);
}

static void
message_of_ikev1_is_refused(void)
{
    g_autoptr(GBytes) octets =
        rvl_test_unhex("0102030405060708 0000000000000000 01 10 02 00 00000000 0000001c");
    g_autoptr(GError) error = NULL;

    g_assert_null(rvl_message_parse(g_bytes_get_data(octets, NULL), 28, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_VERSION_MISMATCH);
}

static void
names_are_total(void)
{
    for (guint exchange = 0; exchange <= G_MAXUINT8; exchange++) {
        RvlIsakmpHeader header = {.version = RVL_IKE_VERSION_2, .exchange = (guint8)exchange};
        g_autofree char *request = rvl_message_name(&header);

        header.flags = RVL_IKE_FLAG_RESPONSE;
        g_autofree char *response = rvl_message_name(&header);

        g_assert_nonnull(strstr(request, "request"));
        g_assert_nonnull(strstr(response, "response"));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/wire/isakmp-header/comes-back", header_comes_back);
    g_test_add_func("/wire/isakmp-header/every-short-datagram-is-refused",
                    every_short_datagram_is_refused);
    g_test_add_func("/wire/isakmp-header/minor-version-and-unknown-flags-are-ignored",
                    minor_version_and_unknown_flags_are_ignored);
    g_test_add_func("/wire/isakmp-header/message-of-ikev1-is-refused", message_of_ikev1_is_refused);
    g_test_add_func("/wire/isakmp-header/names-are-total", names_are_total);
    for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autofree char *name = g_strconcat("/wire/isakmp-header/refused/", refused[i].name, NULL);

        g_test_add_data_func(name, &refused[i], header_is_refused);
    }
    return g_test_run();
}
