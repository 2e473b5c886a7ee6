/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Octets from anybody as text that harms no terminal and no log; internal to libravelin. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

/**
 * rvl_escape_append:
 * @text: where the characters go
 * @octets: (array length=n): anything
 * @with_backslash: whether `\` becomes `\x5c` too, so that the text can be read back
 * @max: most characters of the input to show; `…` stands for the rest
 *
 * Keeps printable UTF-8; writes each octet of anything else (controls, format characters such as
 * those that turn the direction of writing, line separators, invalid sequences) as `\xNN`.
 */
G_GNUC_INTERNAL void rvl_escape_append(GString *text,
                                       const void *octets,
                                       size_t n,
                                       bool with_backslash,
                                       size_t max);

/* Returns the octet that two hexadecimal digits stand for, -1 where they are none. */
G_GNUC_INTERNAL int rvl_escape_hex_octet(const char *digits);
