/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ECDSA's two forms of a signature: each way, and strict about what is neither. */
#include "config.h"

#include <ravelin/error.h>

#include "ecdsa-value.h"
#include "support/hex.h"

/* Encodings by X.690; coordinates of two octets keep them readable. */
static const struct {
    const char *name;
    const char *der;
    const char *fixed;
} pairs[] = {
    {"full", "3008 0202 1234 0202 5678", "1234 5678"},
    {"short", "3006 0201 01 0201 7f", "0001 007f"},
    {"high-bit", "300a 0203 00ffff 0203 008000", "ffff 8000"},
    {"zero", "3006 0201 00 0201 01", "0000 0001"},
};

static const struct {
    const char *name;
    const char *der;
} refused[] = {
    {"nothing", ""},
    {"set", "3108 0202 1234 0202 5678"},
    {"length-beyond", "3009 0202 1234 0202 5678"},
    {"length-before", "3007 0202 1234 0202 5678"},
    {"length-of-two-octets", "308200 08 0202 1234 0202 5678"},
    {"length-not-shortest", "308108 0202 1234 0202 5678"},
    {"length-unbounded", "3080 0202 1234 0202 5678 0000"},
    {"one-integer", "3004 0202 1234"},
    {"three-integers", "300b 0202 1234 0202 5678 0201 01"},
    {"other-tag", "3008 0402 1234 0202 5678"},
    {"integer-too-long", "300a 0203 123456 0203 005678"},
    {"integer-past-end", "3008 0209 1234 0202 5678"},
    {"trailing", "3008 0202 1234 0202 5678 00"},
};

static void
forms_are_each_other_s(gconstpointer data)
{
    const typeof(pairs[0]) *c = data;
    g_autoptr(GBytes) der = rvl_test_unhex(c->der);
    g_autoptr(GBytes) fixed = rvl_test_unhex(c->fixed);
    const RvlOctets der_octets = rvl_octets_from_bytes(der);
    const RvlOctets fixed_octets = rvl_octets_from_bytes(fixed);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) to_fixed = ecdsa_value_to_fixed(&der_octets, 2, &error);
    g_autoptr(GBytes) to_der = ecdsa_value_to_der(&fixed_octets, 2, &error);

    g_assert_no_error(error);
    g_assert_true(g_bytes_equal(to_fixed, fixed));
    g_assert_true(g_bytes_equal(to_der, der));
}

static void
what_is_no_signature_is_refused(gconstpointer data)
{
    const typeof(refused[0]) *c = data;
    g_autoptr(GBytes) der = rvl_test_unhex(c->der);
    const RvlOctets octets = rvl_octets_from_bytes(der);
    g_autoptr(GError) error = NULL;

    g_assert_null(ecdsa_value_to_fixed(&octets, 2, &error));
    g_assert_error(error, RVL_ERROR, RVL_CAUSE_MESSAGE_MALFORMED);
}

/* P-521: a length of more than 127 octets, and each wrong one. */
static void
longest_form_and_wrong_lengths(void)
{
    guint8 octets[133];
    g_autoptr(GError) error = NULL;

    for (gsize i = 0; i < sizeof(octets); i++)
        octets[i] = (guint8)(0x80 | i);
    for (gsize n = 0; n <= sizeof(octets); n++) {
        const RvlOctets fixed = RVL_OCTETS(octets, n);
        g_autoptr(GBytes) der = ecdsa_value_to_der(&fixed, 66, &error);

        if (n == 132) {
            const RvlOctets der_octets = rvl_octets_from_bytes(der);
            g_autoptr(GBytes) back = ecdsa_value_to_fixed(&der_octets, 66, &error);

            g_assert_no_error(error);
            g_assert_cmpuint(der_octets.data[1], ==, 0x81);
            g_assert_cmpmem(octets, 132, g_bytes_get_data(back, NULL), g_bytes_get_size(back));
        } else {
            g_assert_null(der);
            g_assert_error(error, RVL_ERROR, RVL_CAUSE_MESSAGE_MALFORMED);
            g_clear_error(&error);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_autofree char *path = g_strdup_printf("/ecdsa-value/both-ways/%s", pairs[i].name);

        g_test_add_data_func(path, &pairs[i], forms_are_each_other_s);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autofree char *path = g_strdup_printf("/ecdsa-value/refuses/%s", refused[i].name);

        g_test_add_data_func(path, &refused[i], what_is_no_signature_is_refused);
    }
    g_test_add_func("/ecdsa-value/lengths", longest_form_and_wrong_lengths);
    return g_test_run();
}
