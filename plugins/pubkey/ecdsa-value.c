/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The two forms of an ECDSA signature: DER (RFC 7427) and r|s of fixed length (RFC 4754 7). */
#include "config.h"

#include "ecdsa-value.h"

#include <ravelin/error.h>
#include <ravelin/reader.h>
#include <ravelin/writer.h>

/* ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER } (RFC 3279 2.2.3) */
#define TAG_INTEGER 0x02
#define TAG_SEQUENCE 0x30

/* One octet of length follows (X.690 8.1.3.5); no curve of ours needs more. */
#define LENGTH_ONE_MORE 0x81

#define MAX_OCTETS 256

static size_t
read_length(RvlReader *reader)
{
    size_t length = rvl_reader_u8(reader, "length");

    if (length < 0x80)
        return length;
    if (length != LENGTH_ONE_MORE)
        rvl_reader_fail(reader, "length");
    length = rvl_reader_u8(reader, "length");
    if (length < 0x80)
        rvl_reader_fail(reader, "length");
    return length;
}

/* Writes a positive INTEGER as a number of exactly @octets. */
static void
copy_integer(RvlReader *reader, RvlWriter *out, size_t octets)
{
    RvlReader number;

    if (rvl_reader_u8(reader, "INTEGER") != TAG_INTEGER)
        rvl_reader_fail(reader, "INTEGER");
    rvl_reader_child(reader, read_length(reader), "INTEGER", &number);
    while (rvl_reader_left(&number) > octets && !rvl_reader_failed(&number)) {
        if (rvl_reader_u8(&number, "INTEGER") != 0)
            rvl_reader_fail(reader, "INTEGER");
    }
    if (!rvl_reader_failed(reader)) {
        size_t left = rvl_reader_left(&number);

        rvl_writer_zeros(out, octets - left);
        rvl_writer_octets(out, rvl_reader_octets(&number, left, "INTEGER"), left);
    }
}

GBytes *
ecdsa_value_to_fixed(const RvlOctets *der, size_t coordinate_octets, GError **error)
{
    g_autoptr(RvlWriter) out = rvl_writer_new(MAX_OCTETS);
    RvlReader reader;
    size_t length;

    rvl_reader_init(&reader, der->data, der->size);
    if (rvl_reader_u8(&reader, "SEQUENCE") != TAG_SEQUENCE)
        rvl_reader_fail(&reader, "SEQUENCE");
    length = read_length(&reader);
    if (length != rvl_reader_left(&reader))
        rvl_reader_fail(&reader, "SEQUENCE");
    copy_integer(&reader, out, coordinate_octets);
    copy_integer(&reader, out, coordinate_octets);
    return rvl_reader_check_end(&reader, error) ? rvl_writer_finish(out, error) : NULL;
}

static void
write_length(RvlWriter *out, size_t length)
{
    if (length >= 0x80)
        rvl_writer_u8(out, LENGTH_ONE_MORE);
    rvl_writer_u8(out, (uint8_t)length);
}

/* An INTEGER without leading zeros but the one that keeps it positive. */
static void
write_integer(RvlWriter *out, const uint8_t *number, size_t octets)
{
    size_t zeros = 0;
    bool is_padded;

    while (zeros + 1 < octets && number[zeros] == 0)
        zeros++;
    is_padded = (number[zeros] & 0x80) != 0;
    rvl_writer_u8(out, TAG_INTEGER);
    write_length(out, octets - zeros + is_padded);
    rvl_writer_zeros(out, is_padded);
    rvl_writer_octets(out, number + zeros, octets - zeros);
}

GBytes *
ecdsa_value_to_der(const RvlOctets *fixed, size_t coordinate_octets, GError **error)
{
    g_autoptr(RvlWriter) content = rvl_writer_new(MAX_OCTETS);
    g_autoptr(RvlWriter) out = rvl_writer_new(MAX_OCTETS);

    if (coordinate_octets == 0 || fixed->size != 2 * coordinate_octets) {
        g_autofree char *found = g_strdup_printf("%zu octets", fixed->size);
        g_autofree char *wanted = g_strdup_printf("%zu", 2 * coordinate_octets);

        rvl_error_set_found(error, RVL_CAUSE_MESSAGE_MALFORMED, found, wanted,
                            "the signature has not the length that its method fixes");
        return NULL;
    }
    write_integer(content, fixed->data, coordinate_octets);
    write_integer(content, fixed->data + coordinate_octets, coordinate_octets);
    rvl_writer_u8(out, TAG_SEQUENCE);
    write_length(out, rvl_writer_size(content));
    rvl_writer_octets(out, rvl_writer_peek(content), rvl_writer_size(content));
    return rvl_writer_finish(out, error);
}
