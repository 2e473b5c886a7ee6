/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Octets from anybody as text that harms no terminal and no log. */
#include "config.h"

#include "escape.h"

/* Returns the octets of the printable character at the start of @octets, 0 where there is none. */
static size_t
printable_octets(const char *octets, size_t n)
{
    gunichar character = g_utf8_get_char_validated(octets, n > 6 ? 6 : (gssize)n);

    if (character == (gunichar)-1 || character == (gunichar)-2 || !g_unichar_isprint(character))
        return 0;
    switch (g_unichar_type(character)) {
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_PRIVATE_USE:
        return 0;
    default: /* GLib's enumeration, which may grow */
        return (size_t)g_unichar_to_utf8(character, NULL);
    }
}

void
rvl_escape_append(GString *text, const void *octets, size_t n, bool with_backslash, size_t max)
{
    const char *at = octets;
    size_t shown = 0;

    while (n > 0) {
        size_t length = printable_octets(at, n);

        if (shown++ == max) {
            g_string_append(text, "…");
            return;
        }
        if (length == 0 || (with_backslash && *at == '\\')) {
            g_string_append_printf(text, "\\x%02x", (unsigned)(unsigned char)*at);
            length = 1;
        } else {
            g_string_append_len(text, at, (gssize)length);
        }
        at += length;
        n -= length;
    }
}

int
rvl_escape_hex_octet(const char *digits)
{
    int high = g_ascii_xdigit_value(digits[0]);

    if (high < 0 || g_ascii_xdigit_value(digits[1]) < 0)
        return -1;
    return high << 4 | g_ascii_xdigit_value(digits[1]);
}
