/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Octets from and to hexadecimal text. */
#include "config.h"

#include "support/hex.h"

GBytes *
rvl_test_unhex(const char *hex)
{
    GByteArray *octets = g_byte_array_new();

    for (const char *p = hex; *p != '\0'; p++) {
        if (*p == ' ')
            continue;
        g_assert_true(g_ascii_isxdigit(p[0]) && g_ascii_isxdigit(p[1]));
        guint8 octet = (guint8)(g_ascii_xdigit_value(p[0]) << 4 | g_ascii_xdigit_value(p[1]));

        g_byte_array_append(octets, &octet, 1);
        p++;
    }
    return g_byte_array_free_to_bytes(octets);
}

char *
rvl_test_hex(RvlOctets octets)
{
    GString *text = g_string_new(NULL);

    for (gsize i = 0; i < octets.size; i++)
        g_string_append_printf(text, "%02x", octets.data[i]);
    return g_string_free(text, FALSE);
}

void
rvl_test_assert_hex(RvlOctets octets, const char *hex)
{
    g_autofree char *found = rvl_test_hex(octets);

    g_assert_cmpstr(found, ==, hex);
}
