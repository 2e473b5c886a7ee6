/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Distinguished names between text and DER; internal to libravelin. */
#pragma once

#include <stddef.h>
#include <glib.h>

/*
 * Reads `CN=gw, O=Example\, Inc., C=CH`: RDNs in the order as written, `+` between the parts of
 * one, attribute types by word or dotted number, values as UTF8String (C and serialNumber as
 * PrintableString, DC and email as IA5String), `#hex` a value's DER (RFC 4514 2.4).
 * Returns the DER of the Name, or NULL with RVL_CAUSE_CONFIG_INVALID.
 */
G_GNUC_INTERNAL GByteArray *rvl_distinguished_name_parse(const char *text, GError **error);

/*
 * Returns (transfer full) the name as rvl_distinguished_name_parse() reads it, or NULL where the
 * octets, which may come from anybody, are no DER of a Name, or would not read back as the same.
 */
G_GNUC_INTERNAL char *rvl_distinguished_name_format(const void *octets, size_t n);
