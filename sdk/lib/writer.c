/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one checked writer: grows up to its maximum, saturates at the first failure. */
#include "config.h"

#include <ravelin/writer.h>

#include <string.h>

#include <ravelin/error.h>

struct RvlWriter {
    GByteArray *octets;
    size_t max;
    const char *failed_what; /* NULL while all is well */
    size_t failed_value;     /* the number that was too large */
    size_t failed_limit;
};

RvlWriter *
rvl_writer_new(size_t max)
{
    RvlWriter *writer = g_new0(RvlWriter, 1);

    writer->octets = g_byte_array_new();
    writer->max = MIN(max, RVL_WRITER_MAX_OCTETS);
    return writer;
}

void
rvl_writer_free(RvlWriter *writer)
{
    if (writer == NULL)
        return;
    g_byte_array_unref(writer->octets);
    g_free(writer);
}

static void
fail(RvlWriter *writer, const char *what, size_t value, size_t limit)
{
    if (writer->failed_what != NULL)
        return;
    writer->failed_what = what;
    writer->failed_value = value;
    writer->failed_limit = limit;
}

uint8_t *
rvl_writer_reserve(RvlWriter *writer, size_t n)
{
    size_t size = writer->octets->len;

    if (n > writer->max - size) {
        fail(writer, "the octets written", n > G_MAXSIZE - size ? G_MAXSIZE : size + n,
             writer->max);
    }
    if (writer->failed_what != NULL)
        return NULL;
    g_byte_array_set_size(writer->octets, (guint)(size + n));
    if (n > 0)
        memset(writer->octets->data + size, 0, n);
    return writer->octets->data != NULL ? writer->octets->data + size : (uint8_t *)"";
}

static void
put_number(uint8_t *out, uint64_t value, size_t n)
{
    for (size_t i = n; i > 0; i--, value >>= 8)
        out[i - 1] = (uint8_t)value;
}

static void
write_number(RvlWriter *writer, uint64_t value, size_t n)
{
    uint8_t *out = rvl_writer_reserve(writer, n);

    if (out != NULL)
        put_number(out, value, n);
}

static void
patch_number(RvlWriter *writer, size_t offset, uint64_t value, size_t n)
{
    size_t size = writer->octets->len;

    if (offset > size || n > size - offset)
        fail(writer, "the end of a patch", offset, size);
    if (writer->failed_what == NULL)
        put_number(writer->octets->data + offset, value, n);
}

void
rvl_writer_u8(RvlWriter *writer, uint8_t value)
{
    write_number(writer, value, 1);
}

void
rvl_writer_u16(RvlWriter *writer, uint16_t value)
{
    write_number(writer, value, 2);
}

void
rvl_writer_u24(RvlWriter *writer, uint32_t value)
{
    if (value > 0xffffff)
        fail(writer, "a number of 24 bits", value, 0xffffff);
    write_number(writer, value, 3);
}

void
rvl_writer_u32(RvlWriter *writer, uint32_t value)
{
    write_number(writer, value, 4);
}

void
rvl_writer_u64(RvlWriter *writer, uint64_t value)
{
    write_number(writer, value, 8);
}

void
rvl_writer_octets(RvlWriter *writer, const void *octets, size_t n)
{
    uint8_t *out = rvl_writer_reserve(writer, n);

    if (out != NULL && n > 0)
        memcpy(out, octets, n);
}

void
rvl_writer_zeros(RvlWriter *writer, size_t n)
{
    (void)rvl_writer_reserve(writer, n);
}

/* Fills in the length of @n octets that ends at @mark. */
static void
end_length(RvlWriter *writer, size_t mark, size_t adjust, size_t n, size_t limit)
{
    size_t length;

    if (writer->failed_what != NULL)
        return;
    if (mark > writer->octets->len || mark < n) {
        fail(writer, "the mark of a length", mark, writer->octets->len);
        return;
    }
    length = writer->octets->len - mark;
    if (!g_size_checked_add(&length, length, adjust) || length > limit) {
        fail(writer, "a length", length, limit);
        return;
    }
    patch_number(writer, mark - n, length, n);
}

size_t
rvl_writer_begin_u16(RvlWriter *writer)
{
    rvl_writer_zeros(writer, 2);
    return writer->octets->len;
}

void
rvl_writer_end_u16(RvlWriter *writer, size_t mark, size_t adjust)
{
    end_length(writer, mark, adjust, 2, UINT16_MAX);
}

size_t
rvl_writer_begin_u32(RvlWriter *writer)
{
    rvl_writer_zeros(writer, 4);
    return writer->octets->len;
}

void
rvl_writer_end_u32(RvlWriter *writer, size_t mark, size_t adjust)
{
    end_length(writer, mark, adjust, 4, UINT32_MAX);
}

void
rvl_writer_patch_u8(RvlWriter *writer, size_t offset, uint8_t value)
{
    patch_number(writer, offset, value, 1);
}

void
rvl_writer_patch_u16(RvlWriter *writer, size_t offset, uint16_t value)
{
    patch_number(writer, offset, value, 2);
}

void
rvl_writer_patch_u32(RvlWriter *writer, size_t offset, uint32_t value)
{
    patch_number(writer, offset, value, 4);
}

size_t
rvl_writer_size(const RvlWriter *writer)
{
    return writer->octets->len;
}

const uint8_t *
rvl_writer_peek(const RvlWriter *writer)
{
    return writer->octets->data;
}

bool
rvl_writer_failed(const RvlWriter *writer)
{
    return writer->failed_what != NULL;
}

GBytes *
rvl_writer_finish(RvlWriter *writer, GError **error)
{
    GByteArray *octets;

    if (writer->failed_what != NULL) {
        rvl_error_set_at_offset(error, RVL_CAUSE_MESSAGE_MALFORMED, writer->octets->len,
                                "%s would be %zu, the limit is %zu", writer->failed_what,
                                writer->failed_value, writer->failed_limit);
        rvl_error_set_remedy(error, "");
        return NULL;
    }
    octets = writer->octets;
    writer->octets = g_byte_array_new();
    return g_byte_array_free_to_bytes(octets);
}
